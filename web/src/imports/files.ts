// The files of this computer that are to be imported.
import { FORMAT_ENDINGS } from "../api/formats";

/** A file with where it lies: "USD123/USD123-D00001.TIF". Sheets find their grant by their folder. */
export interface SentFile {
  file: File;
  path: string;
}

export type FileKind = "picture" | "grant" | "archive";

const KINDS: Record<FileKind, readonly string[]> = {
  picture: FORMAT_ENDINGS,
  grant: ["xml"],
  archive: ["zip", "tar", "tgz", "tar.gz"],
};

const named = (endings: readonly string[]) => endings.map((ending) => `.${ending}`);

/** What the import reads: an `accept` for a file chooser. */
export const ACCEPT = named([...Object.values(KINDS).flat(), "gz"]).join(",");

/** What can be searched with, also where the system knows pictures by another name. */
export const PICTURES = [...named(FORMAT_ENDINGS), "image/*"].join(",");

/** What a file is by its name; null for what the import would pass over. */
export function kindOf(path: string): FileKind | null {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const ending = /\.tar\.gz$/.test(name) ? "tar.gz" : name.slice(name.lastIndexOf(".") + 1);
  const kinds = Object.keys(KINDS) as FileKind[];
  return kinds.find((kind) => KINDS[kind].includes(ending)) ?? null;
}

export interface Selection {
  files: SentFile[];
  /** Files that the import would pass over. */
  others: number;
}

export const NOTHING: Selection = { files: [], others: 0 };

/** What was there and what comes. The same place in a folder again is its newer file; a name alone
 * may come from anywhere, and another file of that name goes to a folder of its own. */
export function added(before: Selection, come: SentFile[]): Selection {
  const byPath = new Map(before.files.map((one) => [one.path, one]));
  let { others } = before;
  for (const { file, path } of come) {
    if (!kindOf(path)) {
      others += 1;
      continue;
    }
    let free = path;
    const isOther = (known: SentFile | undefined) => known && !isSame(known.file, file);
    if (!path.includes("/")) {
      for (let copy = 2; isOther(byPath.get(free)); copy++) free = `${copy}/${path}`;
    }
    byPath.set(free, { file, path: free });
  }
  return { files: [...byPath.values()], others };
}

function isSame(one: File, other: File): boolean {
  return one.size === other.size && one.lastModified === other.lastModified;
}

export function counts({ files }: Selection): Record<FileKind, number> {
  const counts = { picture: 0, grant: 0, archive: 0 };
  for (const { path } of files) {
    const kind = kindOf(path);
    if (kind) counts[kind] += 1;
  }
  return counts;
}

export function bytesOf({ files }: Selection): number {
  return files.reduce((sum, { file }) => sum + file.size, 0);
}

/** Files of a chooser; those of a folder know where in it they lie. */
export function chosenFiles(files: Iterable<File>): SentFile[] {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** All that was dropped, folders with what is in them. */
export async function droppedFiles(transfer: DataTransfer): Promise<SentFile[]> {
  // Both lists are empty as soon as the event is over.
  const files = chosenFiles(transfer.files);
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  if (entries.some((entry) => entry === null)) return files;
  const found: SentFile[] = [];
  for (const entry of entries) if (entry) await collect(entry, found);
  return found;
}

async function collect(entry: FileSystemEntry, found: SentFile[]): Promise<void> {
  if (entry.isDirectory) {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      // A browser gives a hundred at a time, and none at the end.
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (some.length === 0) return;
      for (const one of some) await collect(one, found);
    }
  }
  const file = await new Promise<File>((resolve, reject) =>
    (entry as FileSystemFileEntry).file(resolve, reject),
  );
  found.push({ file, path: entry.fullPath.replace(/^\//, "") });
}
