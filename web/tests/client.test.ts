import { afterEach, expect, test, vi } from "vitest";
import { ApiError, call } from "../src/api/client";

afterEach(() => vi.unstubAllGlobals());

function answers(...responses: (Response | Error)[]) {
  const fetch = vi.fn(async () => {
    const next = responses.shift();
    if (!next || next instanceof Error) throw next;
    return next;
  });
  vi.stubGlobal("fetch", fetch);
  return fetch;
}
const json = (body: unknown, init?: ResponseInit) => new Response(JSON.stringify(body), init);

test("the data comes out of the envelope", async () => {
  const fetch = answers(json({ code: 0, message: "success", data: [] }));
  expect(await call("get", "/api/collections")).toEqual([]);
  expect(fetch).toHaveBeenCalledWith("/api/collections", { method: "GET" });
});

test("paths and lists are written into the address", async () => {
  const fetch = answers(json({ code: 0, data: {} }), json({ code: 0, data: {} }));
  await call("get", "/api/patents/{patent_id}", { path: { patent_id: "US D1/2" } });
  await call("get", "/api/facets", { query: { loc_class: ["10-02", "06"], collection: "c" } });
  const urls = fetch.mock.calls.map((one: unknown[]) => one[0]);
  expect(urls).toEqual([
    "/api/patents/US%20D1%2F2",
    "/api/facets?loc_class=10-02&loc_class=06&collection=c",
  ]);
});

test("a refusal carries the server's words", async () => {
  answers(
    json(
      { code: 404, message: "no such thing" },
      { status: 404, headers: { "x-request-id": "r1" } },
    ),
  );
  const error = await call("get", "/api/collections").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    kind: "refused",
    status: 404,
    message: "no such thing",
    requestId: "r1",
  });
});

test("a busy server is asked once more, after the time it names", async () => {
  const busy = json(
    { code: 429, message: "busy" },
    { status: 429, headers: { "retry-after": "0" } },
  );
  const fetch = answers(busy, json({ code: 0, data: [] }));
  expect(await call("get", "/api/collections")).toEqual([]);
  expect(fetch).toHaveBeenCalledTimes(2);
});

test("no server is told apart from a wrong answer", async () => {
  answers(new TypeError("failed to fetch"), new Response("<html>"));
  await expect(call("get", "/api/collections")).rejects.toMatchObject({ kind: "offline" });
  await expect(call("get", "/api/collections")).rejects.toMatchObject({ kind: "broken" });
});
