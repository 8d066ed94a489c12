// The number under which the history keeps a search: what an address can name of uploaded pictures.
import { call } from "../api/client";

/** Searches are recorded beside the answer, so it may take a moment. */
const PAUSES_MS = [60, 250, 800];

export async function recordedId(token: string): Promise<number | null> {
  for (const pause of PAUSES_MS) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      const { items } = await call("get", "/api/history", { query: { page_size: 5 } });
      const entry = items.find((one) => one.query_token === token);
      if (entry) return entry.id;
    } catch {
      return null;
    }
  }
  return null;
}
