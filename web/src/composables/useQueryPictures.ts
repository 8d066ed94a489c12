// The pictures of the query as they are shown, wherever they come from.
import { computed } from "vue";
import type { Figure } from "../search/figures";
import { chosenPages, type FilePage, type Region } from "../search/query";
import { useSearch } from "./useSearch";

export interface QueryPicture {
  key: number;
  name: string;
  src: string | null;
  unreadable: boolean;
  region: Region | null;
  figures: Figure[];
  /** Of a file that has several. */
  pages: FilePage[];
  /** Whether a region can be chosen: of several pages at once it can't. */
  whole: boolean;
}

const bare = {
  name: "",
  unreadable: false,
  region: null,
  figures: [],
  pages: [],
  whole: false,
};

export function useQueryPictures() {
  const { state } = useSearch();
  return computed((): QueryPicture[] => {
    const { query } = state;
    if (query?.kind === "files") {
      return query.pictures.map((picture) => {
        const { key, file, url: src, unreadable, region, figures, pages } = picture;
        const whole = (chosenPages(picture)?.length ?? 1) > 1;
        return {
          key,
          name: file.name,
          src,
          unreadable,
          region,
          figures,
          pages: pages ?? [],
          whole,
        };
      });
    }
    if (query?.kind === "item") {
      const { id, item, region, figures } = query;
      const name = [item?.patent_id, item?.page_num].filter(Boolean).join(" ") || item?.file_name;
      const src = item?.image_url ?? null;
      return [{ ...bare, key: id, name: name ?? "", src, region, figures }];
    }
    if (query?.kind !== "history") return [];
    const { thumbnail_urls = [], framed = [] } = query.entry ?? {};
    return thumbnail_urls.map((part, key) => {
      const { whole_url, region } = framed.find((one) => one.thumbnail_url === part) ?? {};
      const [x = 0, y = 0, w = 1, h = 1] = region ?? [];
      const src = whole_url ?? part;
      return { ...bare, key, src, region: region ? { x, y, w, h } : null, whole: true };
    });
  });
}
