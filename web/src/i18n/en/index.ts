import account from "./account";
import base from "./base";
import collections from "./collections";
import duplicates from "./duplicates";
import history from "./history";
import imports from "./imports";
import library from "./library";
import patent from "./patent";
import saved from "./saved";
import search from "./search";
import statistics from "./statistics";
import trash from "./trash";

const messages = {
  ...base,
  ...search,
  ...patent,
  account,
  collections,
  duplicates,
  history,
  imports,
  library,
  saved,
  statistics,
  trash,
};

export type Messages = typeof messages;
export default messages;
