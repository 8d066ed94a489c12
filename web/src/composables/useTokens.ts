// The user's access tokens, and the one that was made just now: its secret is shown once.
import { shallowRef } from "vue";
import { call } from "../api/client";
import type { MadeToken, Token } from "../api/types";
import { useLoad } from "./useLoad";

export function useTokens() {
  const made = shallowRef<MadeToken | null>(null);
  const { data, error, again } = useLoad(
    () => "tokens",
    (_, signal) => call("get", "/api/auth/tokens", { signal }),
  );

  /** `days` null: for ever. */
  async function make(name: string, days: number | null): Promise<void> {
    made.value = await call("post", "/api/auth/tokens", { body: { name, days } });
    void again();
  }

  async function revoke({ id }: Token): Promise<void> {
    await call("delete", "/api/auth/tokens/{id}", { path: { id } });
    if (made.value?.id === id) made.value = null;
    await again();
  }

  return { tokens: data, error, again, made, make, revoke };
}
