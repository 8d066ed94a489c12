// A hit and what it is compared with: both pictures, their facts and the explanation.
import { computed } from "vue";
import { useRoute } from "vue-router";
import { call } from "../api/client";
import { pastSearch } from "../api/search";
import type { Item } from "../api/types";
import type { Region } from "../search/query";
import { useLoad } from "./useLoad";
import { useQueryPictures } from "./useQueryPictures";
import { useSearch } from "./useSearch";

export function useComparison(itemId: () => number) {
  const route = useRoute();
  const { answer } = useSearch();
  const pictures = useQueryPictures();
  const number = (name: string) => (route.query[name] ? Number(route.query[name]) : null);
  const token = computed(() => (route.query["query"] ? String(route.query["query"]) : null));
  const index = computed(() => number("index") ?? 0);
  const other = computed(() => number("with"));
  const figure = computed(() => number("figure"));

  const item = (id: number, signal: AbortSignal): Promise<Item> =>
    call("get", "/api/images/{id}", { path: { id }, signal });
  const hit = useLoad(itemId, item);
  const stored = useLoad(
    () => other.value,
    (id, signal) => (id === null ? null : item(id, signal)),
  );
  const explanation = useLoad(
    () => [itemId(), token.value, index.value, other.value, figure.value] as const,
    ([item, query, position, query_item, part], signal) => {
      const asked =
        query !== null ? { query, index: position } : query_item !== null ? { query_item } : null;
      if (!asked) return null;
      return call("get", "/api/explain", {
        query: { item, ...asked, ...(part !== null && { figure: part }) },
        signal,
      });
    },
  );

  const isCurrent = computed(
    () => token.value !== null && token.value === answer.value?.query_token,
  );
  /** What is known of a search that is not this tab's last one. */
  const entry = useLoad(
    () => (isCurrent.value ? null : token.value),
    (query, signal) => (query === null ? null : pastSearch(query, signal)),
  );
  const picture = computed(() => (isCurrent.value ? pictures.value[index.value] : undefined));
  const query = computed((): { src: string | null; name: string; region: Region | null } => {
    const { value } = stored.data;
    if (value)
      return { src: value.image_url, name: value.patent_id ?? value.file_name, region: null };
    if (picture.value?.src) return picture.value;
    // After a reload the pictures of this tab are gone, but the history has them, small.
    const past = entry.data.value;
    const asked = past?.queries[index.value];
    const name = asked?.file_name ?? asked?.text ?? "";
    return { src: past?.thumbnail_urls[index.value] ?? null, name, region: null };
  });
  /** The hit's picture: the figure alone that it is compared by, or the whole. */
  const hitSource = computed(() => {
    const url = hit.data.value?.image_url ?? null;
    return url && figure.value !== null ? `${url}&figure=${figure.value}` : url;
  });
  const score = computed(() => {
    const pages = answer.value?.results.flatMap((group) => group.pages) ?? [];
    const hits = isCurrent.value ? pages : (entry.data.value?.top_hits ?? []);
    return hits.find((one) => one.id === itemId())?.score ?? null;
  });
  const hasQuery = computed(() => token.value !== null || other.value !== null);
  return { hit, hitSource, figure, stored, explanation, query, score, hasQuery };
}
