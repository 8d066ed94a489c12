export default {
  title: "Images",
  parts: "Parts of the library",
};
