// What names and passwords have to be like: see "Accounts" in docs/api.md.

const PASSWORD_MIN_BYTES = 8;
const PASSWORD_MAX_BYTES = 1024;

export type Fault = "empty" | "name" | "short" | "long";

export function passwordFault(password: string): "short" | "long" | null {
  const { length } = new TextEncoder().encode(password);
  if (length < PASSWORD_MIN_BYTES) return "short";
  return length > PASSWORD_MAX_BYTES ? "long" : null;
}

/** What is wrong with a new account's name and password. */
export function credentialsFault(name: string, password: string): Fault | null {
  if (!name || !password) return "empty";
  const isName = /^[\w.@-]{1,64}$/.test(name) && !/^\.+$/.test(name);
  return isName ? passwordFault(password) : "name";
}
