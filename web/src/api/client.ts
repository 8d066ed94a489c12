// A typed client: paths, parameters and answers come from the description of the API.
import type { paths } from "./schema";

type Method = "get" | "post" | "patch" | "delete";
export type PathsOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never;
}[keyof paths];

type Enveloped<R> = R extends { content: { "application/json": { data: infer D } } } ? D : never;
type Answers<O> = O extends { responses: infer R }
  ? Enveloped<R[keyof R & (200 | 201 | 202)]>
  : never;
export type Data<P extends keyof paths, M extends Method> = Answers<paths[P][M]>;

type Inside<O, K extends "path" | "query"> = O extends { parameters: infer P }
  ? K extends keyof P
    ? NonNullable<P[K]>
    : never
  : never;

type Contents<O> = O extends { requestBody?: infer B }
  ? NonNullable<B> extends { content: infer C }
    ? C
    : never
  : never;
/** JSON as the description has it; what is no JSON goes out as the browser's own types. */
type BodyOf<O> =
  Contents<O> extends { "application/json": infer J }
    ? NonNullable<J>
    : Contents<O> extends { "application/octet-stream": unknown }
      ? Blob
      : Contents<O> extends { "multipart/form-data": unknown }
        ? FormData
        : never;
export type Body<P extends keyof paths, M extends Method> = BodyOf<paths[P][M]>;

export interface Call<P extends keyof paths, M extends Method> {
  path?: Inside<paths[P][M], "path">;
  query?: Inside<paths[P][M], "query">;
  body?: Body<P, M>;
  signal?: AbortSignal;
}

export type ErrorKind = "offline" | "refused" | "broken";

/** What went wrong, in the server's words where it had any. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly status = 0,
    readonly retryAfterSeconds: number | null = null,
    readonly requestId: string | null = null,
  ) {
    super(message);
  }
}

/** What was caught, if it is a call that failed; anything else is a fault of the page and goes on. */
export function apiErrorOf(caught: unknown): ApiError {
  if (caught instanceof ApiError) return caught;
  throw caught;
}

/** Longest wait before a busy server is asked once more without telling the user. */
const PATIENCE_SECONDS = 5;

/** What the requests of a session need, and whom to tell that there is none. */
export interface Session {
  /** Goes with everything but GET: see "Accounts" in docs/api.md. */
  csrfToken: string | null;
  /** The server does not know who asks (any more). */
  lost: () => void;
  /** Asks the server for the session's token again; whether it is another one. */
  renew: () => Promise<boolean>;
}

let session: Session | null = null;

export function useSessionForCalls(one: Session): void {
  session = one;
}

export async function call<P extends PathsOf<M>, M extends Method>(
  method: M,
  path: P,
  options: Call<P, M> = {},
): Promise<Data<P, M>> {
  const url = address(path, options);
  const { body, signal } = options;
  const send = async () => opened<Data<P, M>>(await fetched(url, requestOf(method, body, signal)));
  try {
    return await inSession(method, send);
  } catch (error) {
    const wait = error instanceof ApiError ? error.retryAfterSeconds : null;
    if (wait === null || wait > PATIENCE_SECONDS) throw error;
    await pause(wait * 1000, signal);
    return inSession(method, send);
  }
}

/** Bytes that are on their way, of all of them. */
export type OnProgress = (sent: number, total: number) => void;

/** Posts a form that may be large: what is busy is not asked again without the user. */
export function upload<P extends PathsOf<"post">>(
  path: P,
  form: FormData,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Data<P, "post">> {
  return inSession("post", async () =>
    opened<Data<P, "post">>(await posted(String(path), form, onProgress, signal)),
  );
}

async function inSession<T>(method: Method, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const status = error instanceof ApiError ? error.status : null;
    if (status === 401) session?.lost();
    // Another tab may have logged in since.
    if (status === 403 && method !== "get" && (await session?.renew())) return send();
    throw error;
  }
}

/** Any supported picture, or a page of a file that has several, as one that browsers show. */
export function previewOf(file: Blob, page?: number, signal?: AbortSignal): Promise<Blob> {
  return previewed(file, page === undefined ? "" : `?page=${page}`, signal);
}

/** A photo in a form that is searched for. */
export function formOf(file: Blob, form: string, signal?: AbortSignal): Promise<Blob> {
  return previewed(file, `?form=${form}`, signal);
}

function previewed(file: Blob, which: string, signal?: AbortSignal): Promise<Blob> {
  return inSession("post", async () => {
    const request = requestOf("post", file, signal);
    const response = await fetched(`/api/preview${which}`, request);
    if (!response.ok) throw await failure(response);
    return response.blob();
  });
}

/** What is in the envelope. */
async function opened<T>(response: Response): Promise<T> {
  if (!response.ok) throw await failure(response);
  const envelope = (await response.json().catch(() => null)) as { code: number; data: T } | null;
  if (envelope?.code !== 0) throw new ApiError("broken", "no envelope", response.status);
  return envelope.data;
}

async function fetched(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("offline", String(error));
  }
}

/** As `fetched`, by the one interface of browsers that tells how far a request is. */
function posted(
  url: string,
  form: FormData,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    request.onload = () => {
      const { responseText, status, statusText } = request;
      const headers = new Headers();
      for (const name of ["retry-after", "x-request-id"]) {
        const value = request.getResponseHeader(name);
        if (value !== null) headers.set(name, value);
      }
      resolve(new Response(responseText, { status, statusText, headers }));
    };
    request.onerror = () => reject(new ApiError("offline", "the connection was lost"));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    request.onloadend = () => signal.removeEventListener("abort", stop);
    request.open("POST", url);
    for (const [name, value] of Object.entries(headersOf("post"))) {
      request.setRequestHeader(name, value);
    }
    signal.addEventListener("abort", stop);
    request.send(form);
    if (signal.aborted) stop();
  });
}

async function failure(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => null)) as { message?: string } | null;
  const wait = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new ApiError(
    body?.message ? "refused" : "broken",
    body?.message ?? response.statusText,
    response.status,
    Number.isFinite(wait) ? wait : null,
    response.headers.get("x-request-id"),
  );
}

function address<P extends keyof paths, M extends Method>(path: P, options: Call<P, M>): string {
  const values = (options.path ?? {}) as Record<string, string | number>;
  const filled = String(path).replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(values[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") query.append(name, String(one));
    }
  }
  return query.size > 0 ? `${filled}?${query}` : filled;
}

function requestOf(method: Method, body: unknown, signal?: AbortSignal): RequestInit {
  const isJson = body !== undefined && !(body instanceof FormData || body instanceof Blob);
  const headers = headersOf(method);
  if (isJson) headers["content-type"] = "application/json";
  return {
    method: method.toUpperCase(),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(body !== undefined && { body: isJson ? JSON.stringify(body) : (body as BodyInit) }),
    ...(signal && { signal }),
  };
}

function headersOf(method: Method): Record<string, string> {
  const token = session?.csrfToken;
  return method !== "get" && token ? { "x-csrf-token": token } : {};
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("aborted", "AbortError"));
    });
  });
}
