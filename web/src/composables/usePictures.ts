// The user's files as pictures that an `img` can show.
import { markRaw, reactive } from "vue";
import { previewOf } from "../api/client";
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
  });
  void show(picture);
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
