export default {
  title: "Statistics",
};
