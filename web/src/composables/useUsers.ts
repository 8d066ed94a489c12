// The users of the server, as administrators look after them.
import { apiErrorOf, call } from "../api/client";
import type { Account, Role } from "../api/types";
import { useLoad } from "./useLoad";
import { useSession } from "./useSession";

export interface UserChange {
  role?: Role;
  disabled?: boolean;
  password?: string;
}

export function useUsers() {
  const { me, askWho } = useSession();
  const { data, error, again } = useLoad(
    () => "users",
    (_, signal) => call("get", "/api/users", { signal }),
  );

  const isOwn = (user: Account) => user.id === me.value?.user?.id;

  async function add(name: string, password: string, role: Role): Promise<void> {
    await call("post", "/api/auth/register", { body: { name, password, role } });
    await again();
  }

  async function change(user: Account, change: UserChange): Promise<void> {
    const path = { name: user.name };
    const now = await call("patch", "/api/users/{name}", { path, body: { ...change } });
    data.value = (data.value ?? []).map((one) => (one.id === now.id ? now : one));
    if (isOwn(user)) await askWho();
  }

  async function remove(user: Account): Promise<void> {
    try {
      await call("delete", "/api/users/{name}", { path: { name: user.name } });
    } catch (caught) {
      if (apiErrorOf(caught).status !== 404) throw caught;
    }
    data.value = (data.value ?? []).filter((one) => one.id !== user.id);
  }

  return { users: data, error, again, isOwn, add, change, remove };
}
