// Where somebody goes on after logging in.

/** A path of this page; `/` for what leads elsewhere, such as `//example.org`. */
export function nextPlace(wanted: unknown): string {
  if (typeof wanted !== "string" || !wanted.startsWith("/")) return "/";
  const here = "http://here.invalid";
  try {
    const { origin, pathname, search, hash } = new URL(wanted, here);
    const elsewhere = origin !== here || pathname.startsWith("//") || pathname === "/login";
    return elsewhere ? "/" : pathname + search + hash;
  } catch {
    return "/";
  }
}
