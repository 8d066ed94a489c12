// Who uses the page, and what they may do.
import { computed, shallowRef } from "vue";
import { type ApiError, apiErrorOf, call, useSessionForCalls } from "../api/client";
import type { Visitor } from "../account/gate";
import type { AccountRules, Me, Role } from "../api/types";

const RANKS: Record<Role, number> = { reader: 0, editor: 1, admin: 2 };

/** Null while nobody is logged in. */
const me = shallowRef<Me | null>(null);
const rules = shallowRef<AccountRules | null>(null);
/** Why it is not known who uses the page. */
const failure = shallowRef<ApiError | null>(null);
let known: Promise<void> | null = null;
/** Whose queries, results and histories the page may hold. */
let owner: number | null = null;

const session = {
  csrfToken: null as string | null,
  lost: () => take(null),
  renew: async () => {
    const before = session.csrfToken;
    const same = await askWho();
    return same && session.csrfToken !== before;
  },
};
useSessionForCalls(session);

/** Whether nobody else used the page before; it is loaded anew otherwise. */
function take(who: Me | null): boolean {
  const id = who?.user?.id ?? null;
  if (id !== null && owner !== null && id !== owner) {
    location.reload();
    return false;
  }
  owner = id ?? owner;
  // Whoever watches it fetches anew.
  if (!isSame(who, me.value)) me.value = who;
  session.csrfToken = who?.csrf_token ?? null;
  return true;
}

function isSame(one: Me | null, other: Me | null): boolean {
  return one?.user?.id === other?.user?.id && one?.role === other?.role;
}

/** Asks who uses the page; whether nobody else did before. */
async function askWho(): Promise<boolean> {
  const who = await call("get", "/api/auth/me").catch((error: ApiError) => {
    if (error.status === 401) return null;
    throw error;
  });
  return take(who);
}

async function start(): Promise<void> {
  try {
    const answer = await call("get", "/api/auth/rules");
    await askWho();
    rules.value = answer;
    failure.value = null;
  } catch (error) {
    known = null;
    failure.value = apiErrorOf(error);
  }
}

const accounts = computed(() => rules.value?.accounts ?? false);

/** Whether the user has at least this role; strangers are readers where the server lets them. */
function may(role: Role): boolean {
  if (me.value) return RANKS[me.value.role] >= RANKS[role];
  return role === "reader" && (!accounts.value || (rules.value?.anonymous_search ?? false));
}

const visitor = computed((): Visitor => ({
  accounts: accounts.value,
  loggedIn: me.value !== null,
  may,
}));

async function logIn(name: string, password: string): Promise<void> {
  take(await call("post", "/api/auth/login", { body: { name, password } }));
}

async function register(name: string, password: string, setupCode?: string): Promise<void> {
  const body = { name, password, ...(setupCode ? { setup_code: setupCode } : {}) };
  await call("post", "/api/auth/register", { body });
  await logIn(name, password);
  rules.value = await call("get", "/api/auth/rules");
}

async function changePassword(old: string, chosen: string): Promise<void> {
  await call("post", "/api/auth/password", { body: { old_password: old, new_password: chosen } });
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
    failure,
    accounts,
    may,
    visitor,
    logIn,
    register,
    changePassword,
    logOut,
    askWho,
    /** Resolves when it is known who uses the page, or why not; what is unknown is asked again. */
    ready: () => (known ??= start()),
  };
}
