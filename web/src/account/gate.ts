// Who is let in where.
import type { RouteMeta } from "vue-router";
import type { Role } from "../api/types";

export interface Visitor {
  /** Whether there are accounts; everybody is let in everywhere otherwise. */
  accounts: boolean;
  loggedIn: boolean;
  may: (role: Role) => boolean;
}

/** `login` for whom a login might help, `refused` for whom it does not. */
export type Way = "in" | "login" | "refused";

export function wayOf(meta: RouteMeta, visitor: Visitor): Way {
  if (meta.open || !visitor.accounts) return "in";
  const allowed = visitor.may(meta.role ?? "reader");
  if (visitor.loggedIn) return allowed ? "in" : "refused";
  return allowed && !meta.own ? "in" : "login";
}
