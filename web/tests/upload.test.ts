import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError, upload, useSessionForCalls } from "../src/api/client";

/** A request as the browser's: what it was asked, and a way to answer it. */
class FakeRequest {
  static all: FakeRequest[] = [];
  upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
  headers: Record<string, string> = {};
  address = "";
  status = 0;
  statusText = "";
  responseText = "";
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  onloadend?: () => void;

  constructor() {
    FakeRequest.all.push(this);
  }
  open(method: string, url: string) {
    this.address = `${method} ${url}`;
  }
  setRequestHeader(name: string, value: string) {
    this.headers[name] = value;
  }
  getResponseHeader(name: string) {
    return name === "x-request-id" ? "r7" : null;
  }
  send() {
    this.upload.onprogress?.({ loaded: 5, total: 10 });
  }
  abort() {
    this.onabort?.();
    this.onloadend?.();
  }
  answer(status: number, body: unknown) {
    this.status = status;
    this.responseText = JSON.stringify(body);
    this.onload?.();
    this.onloadend?.();
  }
}

let tokens: string[];

beforeEach(() => {
  FakeRequest.all = [];
  tokens = ["first"];
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
  const session = {
    csrfToken: tokens[0] ?? null,
    lost: vi.fn(),
    renew: async () => {
      const next = tokens.pop() ?? null;
      const changed = next !== session.csrfToken;
      session.csrfToken = next;
      return changed;
    },
  };
  useSessionForCalls(session);
});
afterEach(() => vi.unstubAllGlobals());

function begin(signal = new AbortController().signal) {
  const progress = vi.fn();
  const done = upload("/api/batch/upload", new FormData(), progress, signal);
  return { progress, done };
}

test("an upload tells how far it is, and what the server answers", async () => {
  const { progress, done } = begin();
  const [request] = FakeRequest.all;
  expect(request?.address).toBe("POST /api/batch/upload");
  expect(request?.headers).toEqual({ "x-csrf-token": "first" });
  expect(progress).toHaveBeenCalledWith(5, 10);
  request?.answer(200, { code: 0, data: { job_id: 3, status: "queued" } });
  expect(await done).toEqual({ job_id: 3, status: "queued" });
});

test("a refused upload carries the server's words", async () => {
  const { done } = begin();
  FakeRequest.all[0]?.answer(413, { code: 413, message: "too much" });
  const expected = { kind: "refused", status: 413, message: "too much", requestId: "r7" };
  await expect(done).rejects.toMatchObject(expected);
});

test("a session that was renewed elsewhere is taken over once", async () => {
  tokens = ["second"];
  const { done } = begin();
  FakeRequest.all[0]?.answer(403, { code: 403, message: "token" });
  await vi.waitFor(() => expect(FakeRequest.all).toHaveLength(2));
  expect(FakeRequest.all[1]?.headers).toEqual({ "x-csrf-token": "second" });
  FakeRequest.all[1]?.answer(403, { code: 403, message: "token" });
  await expect(done).rejects.toMatchObject({ status: 403 });
});

test("a lost connection and a stopped upload are told apart", async () => {
  const lost = begin();
  FakeRequest.all[0]?.onerror?.();
  await expect(lost.done).rejects.toMatchObject({ kind: "offline" });
  const abort = new AbortController();
  const stopped = begin(abort.signal);
  abort.abort();
  const error = await stopped.done.catch((caught: unknown) => caught);
  expect(error).not.toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ name: "AbortError" });
});
