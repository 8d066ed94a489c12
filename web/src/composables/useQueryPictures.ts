// The pictures of the query as they are shown, wherever they come from.
import { computed } from "vue";
import type { Figure } from "../search/figures";
import type { Region } from "../search/query";
import { useSearch } from "./useSearch";

export interface QueryPicture {
  key: number;
  name: string;
  src: string | null;
  unreadable: boolean;
  region: Region | null;
  figures: Figure[];
}

export function useQueryPictures() {
  const { state } = useSearch();
  return computed((): QueryPicture[] => {
    const { query } = state;
    if (query?.kind === "files") {
      return query.pictures.map(({ key, file, url, unreadable, region, figures }) => {
        return { key, name: file.name, src: url, unreadable, region, figures };
      });
    }
    if (query?.kind === "item") {
      const { id, item, region, figures } = query;
      const name = [item?.patent_id, item?.page_num].filter(Boolean).join(" ") || item?.file_name;
      const src = item?.image_url ?? null;
      return [{ key: id, name: name ?? "", src, unreadable: false, region, figures }];
    }
    return (query?.entry?.thumbnail_urls ?? []).map((src, key) => {
      return { key, name: "", src, unreadable: !src, region: null, figures: [] };
    });
  });
}
