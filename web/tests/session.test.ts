import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { wayOf } from "../src/account/gate";

type Answer = [status: number, data?: unknown, message?: string];

const me = (token: string, id = 1) => ({
  accounts: true,
  role: "editor",
  csrf_token: token,
  user: { id, name: `user${id}`, role: "editor", created_at: 0, disabled: false },
});
const rules = { accounts: true, anonymous_search: false, registration: "closed" };
const body = { name: "ann", password: "correct horse" };
const reload = vi.fn();

/** What the server answers, in turn, by method and path. */
let answers: Record<string, Answer[]>;
let asked: { what: string; token: string | null }[];

beforeEach(() => {
  vi.resetModules();
  answers = {};
  asked = [];
  vi.stubGlobal("location", { reload });
  vi.stubGlobal("fetch", async (path: string, { method, headers }: RequestInit) => {
    const what = `${method} ${path}`;
    asked.push({ what, token: new Headers(headers).get("x-csrf-token") });
    const next = answers[what]?.shift();
    if (!next) throw new TypeError(`nobody answers ${what}`);
    const [status, data = null, message = ""] = next;
    return new Response(JSON.stringify({ code: status === 200 ? 0 : status, data, message }), {
      status,
    });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  reload.mockReset();
});

async function loggedIn(token: string) {
  const [{ useSession }, { call }] = await Promise.all([
    import("../src/composables/useSession"),
    import("../src/api/client"),
  ]);
  answers["GET /api/auth/rules"] = [[200, rules]];
  answers["GET /api/auth/me"] = [[200, me(token)]];
  const session = useSession();
  await session.ready();
  asked = [];
  return { session, call };
}

test("changes carry the token of the session, and reading does not", async () => {
  const { call } = await loggedIn("first");
  answers["GET /api/history"] = [[200, {}]];
  answers["DELETE /api/history"] = [[200, {}]];
  await call("get", "/api/history");
  await call("delete", "/api/history");
  expect(asked.map(({ token }) => token)).toEqual([null, "first"]);
});

test("a token of an earlier session is renewed, and the change is made after all", async () => {
  const { call } = await loggedIn("first");
  answers["DELETE /api/history"] = [
    [403, null, "send the csrf_token"],
    [200, { deleted: 2 }],
  ];
  answers["GET /api/auth/me"] = [[200, me("second")]];
  expect(await call("delete", "/api/history")).toEqual({ deleted: 2 });
  expect(asked).toEqual([
    { what: "DELETE /api/history", token: "first" },
    { what: "GET /api/auth/me", token: null },
    { what: "DELETE /api/history", token: "second" },
  ]);
});

test("previews of pictures know the session too", async () => {
  await loggedIn("first");
  const { previewOf } = await import("../src/api/client");
  answers["POST /api/preview"] = [[403, null, "send the csrf_token"], [200]];
  answers["GET /api/auth/me"] = [[200, me("second")]];
  expect((await previewOf(new Blob(["TIFF"]))).size).toBeGreaterThan(0);
  expect(asked.at(-1)).toEqual({ what: "POST /api/preview", token: "second" });
});

test("what is refused with the right token is not asked twice", async () => {
  const { call } = await loggedIn("first");
  answers["DELETE /api/history"] = [[403, null, "this takes the role admin"]];
  answers["GET /api/auth/me"] = [[200, me("first")]];
  await expect(call("delete", "/api/history")).rejects.toMatchObject({ status: 403 });
  expect(asked).toHaveLength(2);
});

test("when the session ends in the middle, the way leads to the login, and back", async () => {
  const { session, call } = await loggedIn("first");
  expect(wayOf({ own: true }, session.visitor.value)).toBe("in");
  answers["GET /api/history"] = [[401, null, "log in first"]];
  await expect(call("get", "/api/history")).rejects.toMatchObject({ status: 401 });
  expect(session.me.value).toBeNull();
  expect(wayOf({ own: true }, session.visitor.value)).toBe("login");
  answers["POST /api/auth/login"] = [[200, me("second")]];
  await session.logIn(body.name, body.password);
  expect(wayOf({ own: true }, session.visitor.value)).toBe("in");
  expect(reload).not.toHaveBeenCalled();
});

test("nothing of one user stays in the page for another", async () => {
  const { session, call } = await loggedIn("first");
  answers["DELETE /api/history"] = [[403, null, "send the csrf_token"]];
  answers["GET /api/auth/me"] = [[200, me("second", 2)]];
  await expect(call("delete", "/api/history")).rejects.toMatchObject({ status: 403 });
  expect(reload).toHaveBeenCalledOnce();
  expect(session.me.value?.user?.id).toBe(1);
});

test("without an answer it stays unknown who uses the page, and is asked again", async () => {
  const { useSession } = await import("../src/composables/useSession");
  const { ready, failure, accounts } = useSession();
  await ready();
  expect(failure.value).toMatchObject({ kind: "offline" });
  answers["GET /api/auth/rules"] = [[200, rules]];
  answers["GET /api/auth/me"] = [[401, null, "log in first"]];
  await ready();
  expect([failure.value, accounts.value]).toEqual([null, true]);
});
