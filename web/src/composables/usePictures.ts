// The user's files as pictures that an `img` can show.
import { markRaw, reactive } from "vue";
import { call, previewOf } from "../api/client";
import { choiceOf } from "../search/figures";
import type { Picture } from "../search/query";

const SHOWN_BY_BROWSERS = /^image\/(png|jpeg|webp|gif|bmp)$/;

let nextKey = 1;

export function pictureOf(file: File): Picture {
  const picture: Picture = reactive({
    key: nextKey++,
    file: markRaw(file),
    url: null,
    unreadable: false,
    region: null,
    figures: [],
  });
  void show(picture).then(() => findFigures(picture));
  return picture;
}

export function releasePicture(picture: Picture): void {
  if (picture.url) URL.revokeObjectURL(picture.url);
  picture.url = null;
}

async function show(picture: Picture): Promise<void> {
  try {
    const { file } = picture;
    const blob = SHOWN_BY_BROWSERS.test(file.type) ? file : await previewOf(file);
    picture.url = URL.createObjectURL(blob);
  } catch {
    picture.unreadable = true;
  }
}

/** Asks what figures there are, and shows a sheet upright that is not. */
async function findFigures(picture: Picture): Promise<void> {
  if (picture.unreadable) return;
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
