// Short names for what the API answers.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Account = Schemas["Account"];
export type AccountRules = Schemas["AccountRules"];
export type Collection = Schemas["CollectionReport"];
export type Explanation = Schemas["ExplanationData"];
export type FacetCount = Schemas["FacetCount"];
export type Facets = Schemas["Facets"];
export type Group = Schemas["GroupedHits"];
export type HistoryEntry = Schemas["HistoryEntry"];
export type Item = Schemas["ListedItem"];
export type Me = Schemas["Me"];
export type Page = Schemas["PageHit"];
export type PatentReport = Schemas["PatentReport"];
export type Role = Schemas["Role"];
export type SearchAnswer = Schemas["SearchAnswer"];
export type SearchParameters = Schemas["SearchParameters"];
export type Timing = Schemas["Timing"];
export type Token = Schemas["TokenReport"];
