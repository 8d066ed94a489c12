// The user's files as pictures that an `img` can show.
import { markRaw, reactive } from "vue";
import { call, previewOf } from "../api/client";
import { choiceOf } from "../search/figures";
import { chosenPages, type FilePage, type Picture } from "../search/query";

const SHOWN_BY_BROWSERS = /^image\/(png|jpeg|webp|gif|bmp)$/;
const MAY_HAVE_PAGES = /\.(pdf|tiff?)$/i;

let nextKey = 1;

export function pictureOf(file: File): Picture {
  const picture: Picture = reactive({
    key: nextKey++,
    file: markRaw(file),
    url: null,
    unreadable: false,
    region: null,
    figures: [],
    pages: null,
  });
  void show(picture).then(() => findFigures(picture));
  return picture;
}

export function releasePicture(picture: Picture): void {
  for (const one of [picture, ...(picture.pages ?? [])]) {
    if (one.url) URL.revokeObjectURL(one.url);
    one.url = null;
  }
}

/** Searches with a page of a file or leaves it out, unless it is the only one; returns whether
 * anything changed. */
export function togglePage(picture: Picture, page: number): boolean {
  const one = picture.pages?.find((other) => other.page === page);
  if (!one || (one.chosen && chosenPages(picture)?.length === 1)) return false;
  one.chosen = !one.chosen;
  picture.region = null;
  void showFirst(picture);
  return true;
}

async function show(picture: Picture): Promise<void> {
  try {
    const { file } = picture;
    if (MAY_HAVE_PAGES.test(file.name)) picture.pages = await pagesOf(file);
    if (SHOWN_BY_BROWSERS.test(file.type)) picture.url = URL.createObjectURL(file);
    else await showFirst(picture);
  } catch {
    picture.unreadable = true;
  }
}

/** Asks what figures there are, and shows a sheet upright that is not. */
async function findFigures(picture: Picture): Promise<void> {
  // A page of a file is searched for as a whole.
  if (picture.unreadable || picture.pages) return;
  try {
    const found = await call("post", "/api/preview/figures", { body: picture.file });
    if (found.turn !== 0 && SHOWN_BY_BROWSERS.test(picture.file.type)) {
      const upright = URL.createObjectURL(await previewOf(picture.file));
      releasePicture(picture);
      picture.url = upright;
    }
    picture.figures = choiceOf(found);
  } catch {
    // Without figures to choose from, the picture is searched for all the same.
  }
}

/** The first of the pages that are searched with, or the picture that the file is. */
async function showFirst(picture: Picture): Promise<void> {
  const page = chosenPages(picture)?.[0];
  const blob = await previewOf(picture.file, page);
  if (chosenPages(picture)?.[0] !== page) return;
  if (picture.url) URL.revokeObjectURL(picture.url);
  picture.url = URL.createObjectURL(blob);
}

async function pagesOf(file: File): Promise<FilePage[] | null> {
  const { pages } = await call("post", "/api/preview/pages", { body: file });
  if (pages.length === 0) return null;
  return pages.map(({ page, is_usual, thumbnail }) => {
    return { page, url: thumbnail ? jpegUrl(thumbnail) : null, chosen: is_usual };
  });
}

function jpegUrl(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
}
