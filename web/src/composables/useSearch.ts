// The search of this tab: what is asked, how, and the last answer. One for all pages, so that going
// to a patent and back finds everything as it was.
import { computed, reactive, shallowRef, watch } from "vue";
import { type ApiError, apiErrorOf, call } from "../api/client";
import { ask, pastSearch, recordedId } from "../api/search";
import type { SearchAnswer } from "../api/types";
import { fromAddress, toAddress } from "../search/address";
import {
  defaultOptions,
  type Filters,
  noFilters,
  type Options,
  type Query,
  type Region,
} from "../search/query";
import { choiceOf } from "../search/figures";
import { searchParameters } from "../search/request";
import { isSame } from "../search/same";
import { useCollection } from "./useCollections";
import { pictureOf, releasePicture, togglePage } from "./usePictures";
import { useSession } from "./useSession";
import type { LocationQuery, LocationQueryRaw } from "vue-router";

/** Sliders say many values on their way. */
const SETTLE_MS = 180;

interface State {
  query: Query | null;
  options: Options;
  running: boolean;
  /** Milliseconds between asking and having the answer. */
  roundTripMs: number | null;
}

const state = reactive<State>({
  query: null,
  options: defaultOptions(),
  running: false,
  roundTripMs: null,
});
const answer = shallowRef<SearchAnswer | null>(null);
const error = shallowRef<ApiError | null>(null);
const address = computed(() => toAddress(state.query, state.options));
const { collection, metric } = useCollection(() => state.options.collection);
/** Where a collection has no patents, there is talk of images. */
const isPictures = computed(() => collection.value?.num_patents === 0);
const { me } = useSession();
/** The options with the collection that is meant: the server knows of none but `default` by itself. */
const asked = computed((): Options => ({
  ...state.options,
  collection: state.options.collection ?? collection.value?.name ?? null,
}));

type Steered = Pick<Options, "like" | "unlike">;

let abort: AbortController | null = null;
let settle: ReturnType<typeof setTimeout> | undefined;

async function run(): Promise<void> {
  clearTimeout(settle);
  abort?.abort();
  const { query } = state;
  if (!query) return;
  const mine = (abort = new AbortController());
  state.running = true;
  const started = performance.now();
  try {
    const found = await ask(query, searchParameters(asked.value, metric.value), mine.signal);
    if (mine !== abort) return;
    answer.value = found;
    error.value = null;
    state.roundTripMs = performance.now() - started;
    state.running = false;
    // Strangers have no history.
    if (query.kind === "files" && me.value) {
      const id = await recordedId(found.query_token, mine.signal);
      if (mine === abort) query.historyId = id;
    }
  } catch (caught) {
    if (mine === abort) error.value = apiErrorOf(caught);
  } finally {
    if (mine === abort) state.running = false;
  }
}

function begin(query: Query | null, steered?: Steered): void {
  // What is liked belongs to what was asked.
  state.options.like = steered?.like ?? [];
  state.options.unlike = steered?.unlike ?? [];
  abort?.abort();
  abort = null;
  if (state.query?.kind === "files") {
    const kept = query?.kind === "files" ? query.pictures : [];
    state.query.pictures.filter((one) => !kept.includes(one)).forEach(releasePicture);
  }
  state.query = query;
  state.running = false;
  answer.value = null;
  error.value = null;
  if (query) void run();
}

function searchFiles(files: File[]): void {
  if (files.length > 0) begin({ kind: "files", pictures: files.map(pictureOf), historyId: null });
}

/** Asks with these too. */
function addFiles(files: File[]): void {
  const before = state.query?.kind === "files" ? state.query.pictures : [];
  const pictures = [...before, ...files.map(pictureOf)];
  if (files.length > 0) begin({ kind: "files", pictures, historyId: null });
}

function searchItem(id: number, region: Region | null = null, steered?: Steered): void {
  begin({ kind: "item", id, item: null, region, figures: [] }, steered);
  void describe(state.query);
}

function searchWords(words: string): void {
  const text = words.trim();
  if (text) begin({ kind: "words", text });
}

/** Leaves one of several pictures out. */
function removePicture(key: number): void {
  if (state.query?.kind !== "files") return;
  const pictures = state.query.pictures.filter((one) => one.key !== key);
  state.query.pictures.filter((one) => one.key === key).forEach(releasePicture);
  if (pictures.length === 0) return begin(null);
  state.query = { kind: "files", pictures, historyId: null };
  void run();
}

/** Searches with a page of a file, or no longer. */
function setPage(key: number, page: number): void {
  if (state.query?.kind !== "files") return;
  const picture = state.query.pictures.find((one) => one.key === key);
  if (picture && togglePage(picture, page)) later();
}

function setRegion(region: Region | null, key?: number): void {
  const { query } = state;
  if (query?.kind === "item") query.region = region;
  if (query?.kind === "files") {
    const picture = query.pictures.find((one) => one.key === key);
    if (picture) picture.region = region;
  }
  void run();
}

function setOptions(changes: Partial<Omit<Options, "filters">>): void {
  Object.assign(state.options, changes);
  later();
}

function setFilters(changes: Partial<Filters>): void {
  Object.assign(state.options.filters, changes);
  later();
}

/** Has hits be more or less like an image; the same again takes it back. */
function steer(id: number, towards: "like" | "unlike"): void {
  const other = towards === "like" ? "unlike" : "like";
  const given = state.options[towards].includes(id);
  const without = (ids: number[]) => ids.filter((one) => one !== id);
  state.options[other] = without(state.options[other]);
  state.options[towards] = given
    ? without(state.options[towards])
    : [...state.options[towards], id];
  void run();
}

function clearFilters(): void {
  setFilters(noFilters());
}

function later(): void {
  clearTimeout(settle);
  settle = setTimeout(run, SETTLE_MS);
}

/** Takes the search over that an address names, unless it is the one that is here. */
function restore(wanted: LocationQuery): void {
  const { asked: query, options } = fromAddress(wanted);
  const unsavedHere = query?.kind === "unsaved" && state.query?.kind === "files";
  const same = unsavedHere || isSame(query, state.query);
  const sameOptions = text(toAddress(null, options)) === text(toAddress(null, state.options));
  if (same && sameOptions) return;
  Object.assign(state.options, options);
  if (same) void run();
  else if (query?.kind === "item") searchItem(query.id, query.region, options);
  else if (query?.kind === "words") searchWords(query.text);
  else if (query?.kind === "history") {
    begin({ kind: "history", id: query.id, entry: null }, options);
    void describe(state.query);
  } else begin(null);
}

function text(query: LocationQueryRaw): string {
  return JSON.stringify(query);
}

/** Fetches what is shown of a query that is only a number. */
async function describe(query: Query | null): Promise<void> {
  try {
    if (query?.kind === "item") {
      const path = { id: query.id };
      query.item = await call("get", "/api/images/{id}", { path });
      query.figures = choiceOf(await call("get", "/api/images/{id}/figures", { path }));
    } else if (query?.kind === "history") {
      query.entry = await pastSearch(query.id);
    }
  } catch {
    // The search itself says what is wrong.
  }
}

watch(metric, (now, before) => {
  // A limit means nothing in another metric.
  if (before !== now) state.options.limit = null;
});

export function useSearch() {
  return {
    state,
    asked,
    answer,
    error,
    address,
    collection,
    metric,
    isPictures,
    run,
    restore,
    searchFiles,
    addFiles,
    searchItem,
    searchWords,
    removePicture,
    setPage,
    setRegion,
    setOptions,
    setFilters,
    steer,
    clearFilters,
  };
}
