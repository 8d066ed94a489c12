// Short names for what the API answers.
import type { Data } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Account = Schemas["Account"];
export type AccountRules = Schemas["AccountRules"];
export type Collection = Schemas["CollectionReport"];
export type Decision = Schemas["Decision"];
export type DuplicateGroup = Schemas["DuplicateGroup"];
export type DuplicatesReport = Schemas["DuplicatesReport"];
export type Explanation = Schemas["ExplanationData"];
export type FacetCount = Schemas["FacetCount"];
export type Facets = Schemas["Facets"];
export type Group = Schemas["GroupedHits"];
export type HistoryEntry = Schemas["HistoryEntry"];
export type FileProblem = Schemas["FileProblem"];
export type ImportStart = Schemas["Start"];
export type ItemEdit = Schemas["ItemEdit"];
export type ImageSelection = Schemas["Deletion"];
export type Item = Schemas["ListedItem"];
export type JobReport = Schemas["JobReport"];
export type JobStatus = Schemas["JobStatus"];
export type MadeToken = Data<"/api/auth/tokens", "post">;
export type Me = Schemas["Me"];
export type NewCollection = Schemas["NewCollection"];
export type Page = Schemas["PageHit"];
export type SearchMarks = Schemas["SearchMarks"];
export type HitMark = Schemas["HitMark"];
export type FoundBy = Schemas["FoundBy"];
export type PictureFigure = Schemas["PictureFigure"];
export type PictureFigures = Schemas["PictureFigures"];
export type PatentReport = Schemas["PatentReport"];
export type Role = Schemas["Role"];
export type SearchAnswer = Schemas["SearchAnswer"];
export type SearchParameters = Schemas["SearchParameters"];
export type Timing = Schemas["Timing"];
export type Token = Schemas["TokenReport"];
