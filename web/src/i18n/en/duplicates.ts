export default {
  title: "Near duplicates",
};
