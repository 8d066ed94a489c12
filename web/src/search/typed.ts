// What was typed, pasted or dropped as text: which patent, picture or place it names, or else words.

export type Typed =
  | { kind: "nothing" }
  /** A design patent, as the server reads its number. */
  | { kind: "patent"; patent: string }
  /** A picture of this library. */
  | { kind: "item"; id: number }
  /** Another page of this server. */
  | { kind: "place"; path: string }
  /** An address of another site. */
  | { kind: "elsewhere"; host: string }
  | { kind: "words"; text: string };

/** `D939,806`, `US D939,806 S1`, `Des. 939806`, `RE49,999 E`; in print, numbers have commas. */
const NUMBER =
  /^(?:us|u\.s\.)?\s*(?:pat(?:ent|\.)?\s*)?(?:no\.?\s*)?(des(?:ign|\.)?|d|re(?:issue)?\.?)?\s*(?:pat(?:ent|\.)?\s*)?(?:no\.?\s*)?(\d[\d,.' ]*\d)\s*(?:[se]\d?)?$/i;

/** Fewer digits after `D` than this are a size or a name; with no letters before them, a year or a count. */
const LEAST_DIGITS = 3;
const LEAST_BARE_DIGITS = 6;
const MOST_DIGITS = 7;

/** As groups of hits without a patent are named. */
const ITEM = /^(?:item[- ]|#)(\d{1,15})$/i;

export function understand(text: string, origin: string): Typed {
  // Input methods for Chinese and Japanese make full-width letters and digits.
  const plain = text.normalize("NFKC").trim();
  if (!plain) return { kind: "nothing" };
  const [, id] = ITEM.exec(plain) ?? [];
  if (id) return { kind: "item", id: Number(id) };
  const patent = patentOf(plain);
  if (patent) return { kind: "patent", patent };
  const address = addressOf(plain);
  if (address) return ofAddress(address, origin);
  return { kind: "words", text: text.trim() };
}

/** Letters and digits of the number of a design or a re-issue. */
function patentOf(text: string): string | null {
  const [, word, figures] = NUMBER.exec(text) ?? [];
  if (!figures) return null;
  const digits = figures.replace(/\D/g, "");
  if (digits.length > MOST_DIGITS) return null;
  if (digits.length < (word ? LEAST_DIGITS : LEAST_BARE_DIGITS)) return null;
  // Here are designs: a number alone is one of theirs.
  return (/^re/i.test(word ?? "") ? "RE" : "D") + digits;
}

function addressOf(text: string): URL | null {
  if (!/^https?:\/\/\S+$/i.test(text)) return null;
  return URL.canParse(text) ? new URL(text) : null;
}

function ofAddress(address: URL, origin: string): Typed {
  if (address.origin === origin) return ofPlace(address);
  const [, patent] = /^\/patent\/US((?:D|RE)\d+)/i.exec(address.pathname) ?? [];
  if (address.hostname === "patents.google.com" && patent) return { kind: "patent", patent };
  return { kind: "elsewhere", host: address.host };
}

/** A page of this server: of a picture, of a patent, or any other. */
function ofPlace({ pathname, search, hash, searchParams }: URL): Typed {
  const [, page, name] = /^\/(patents|items|compare)\/([^/]+)$/.exec(pathname) ?? [];
  const isPicture = pathname.startsWith("/api/image/");
  const shown = isPicture
    ? searchParams.get("id")
    : page === "patents"
      ? searchParams.get("view")
      : name;
  if (shown && /^\d{1,15}$/.test(shown)) return { kind: "item", id: Number(shown) };
  if (page === "patents" && name) return { kind: "patent", patent: decodeURIComponent(name) };
  return { kind: "place", path: pathname + search + hash };
}

/** The address that something dragged from another site has, if it has one. */
export function draggedAddress(transfer: DataTransfer): string | null {
  const lines = transfer.getData("text/uri-list").split(/\r?\n/);
  return lines.find((line) => line && !line.startsWith("#")) ?? null;
}
