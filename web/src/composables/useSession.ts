// Who uses the page, and what they may do.
import { computed, shallowRef } from "vue";
import { type ApiError, call, useSessionForCalls } from "../api/client";
import type { AccountRules, Me, Role } from "../api/types";

const RANKS: Record<Role, number> = { reader: 0, editor: 1, admin: 2 };

/** Null while nobody is logged in. */
const me = shallowRef<Me | null>(null);
const rules = shallowRef<AccountRules | null>(null);
let known: Promise<void> | null = null;

const session = {
  csrfToken: null as string | null,
  lost: () => take(null),
  renew: async () => {
    const before = session.csrfToken;
    await askWho();
    return session.csrfToken !== before;
  },
};
useSessionForCalls(session);

function take(who: Me | null): void {
  me.value = who;
  session.csrfToken = who?.csrf_token ?? null;
}

async function askWho(): Promise<void> {
  const who = await call("get", "/api/auth/me").catch((error: ApiError) => {
    if (error.status === 401) return null;
    throw error;
  });
  take(who);
}

async function askRules(): Promise<void> {
  rules.value = await call("get", "/api/auth/rules");
  // Nobody is logged in where nobody can be: asking would only fail.
  await askWho();
}

const accounts = computed(() => rules.value?.accounts ?? false);

/** Whether the user has at least this role; strangers are readers where the server lets them. */
function may(role: Role): boolean {
  if (me.value) return RANKS[me.value.role] >= RANKS[role];
  return role === "reader" && (!accounts.value || (rules.value?.anonymous_search ?? false));
}

async function logIn(name: string, password: string): Promise<void> {
  take(await call("post", "/api/auth/login", { body: { name, password } }));
}

async function register(name: string, password: string): Promise<void> {
  await call("post", "/api/auth/register", { body: { name, password } });
  await logIn(name, password);
  rules.value = await call("get", "/api/auth/rules");
}

async function logOut(): Promise<void> {
  await call("post", "/api/auth/logout");
  // Nothing of the user's may stay in the page: queries, results, histories.
  location.assign("/login");
}

export function useSession() {
  return {
    me,
    rules,
    accounts,
    may,
    logIn,
    register,
    logOut,
    /** Resolves when it is known who uses the page; what is unknown is asked again. */
    ready: () =>
      (known ??= askRules().catch(() => {
        known = null;
      })),
  };
}
