// Changes of users from their table: whom a dialog is about, and what is said when it is done or refused.
import { ref, shallowRef } from "vue";
import { ApiError } from "../api/client";
import type { Account, Role } from "../api/types";
import { useWords } from "../i18n";
import { type UserChange, useUsers } from "./useUsers";

interface Opener {
  open: () => void;
}

/** `stepDownDialog` asks whether the user means to give up their own rights. */
export function useUserChanges(stepDownDialog: () => Opener | null) {
  const { m } = useWords();
  const { users, error, again, isOwn, add, change, remove } = useUsers();
  /** Whom an open dialog is about. */
  const chosen = shallowRef<Account | null>(null);
  const wanted = ref<Role>("reader");
  const done = ref("");
  const refused = ref("");
  const failure = shallowRef<{ error: ApiError; again: () => void } | null>(null);

  function say(text: string): void {
    done.value = text;
    refused.value = "";
    failure.value = null;
  }

  async function apply(user: Account, changes: UserChange, text: string): Promise<void> {
    say("");
    try {
      await change(user, changes);
      say(text);
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      if (caught.status === 409) refused.value = m.value.account.problem.lastAdmin(user.name);
      else failure.value = { error: caught, again: () => void apply(user, changes, text) };
    }
  }

  function setRole(user: Account, role: Role): Promise<void> {
    const text = m.value.account.users.changed(user.name, m.value.account.roles[role].name);
    return apply(user, { role }, text);
  }

  function askRole(user: Account, role: Role): void {
    chosen.value = user;
    wanted.value = role;
    const others = users.value?.some((one) => one.role === "admin" && !one.disabled && !isOwn(one));
    if (isOwn(user) && others) stepDownDialog()?.open();
    else void setRole(user, role);
  }

  function setShut(user: Account, disabled: boolean): void {
    const { users: words } = m.value.account;
    void apply(user, { disabled }, (disabled ? words.wasShut : words.wasLetIn)(user.name));
  }

  function open(user: Account, dialog: Opener | null): void {
    chosen.value = user;
    say("");
    dialog?.open();
  }

  async function stepDown(): Promise<void> {
    if (chosen.value) await setRole(chosen.value, wanted.value);
  }

  async function removeChosen(): Promise<void> {
    if (!chosen.value) return;
    await remove(chosen.value);
    say(m.value.account.users.removed(chosen.value.name));
  }

  async function reset(password: string): Promise<void> {
    if (!chosen.value) return;
    await change(chosen.value, { password });
    say(m.value.account.users.wasReset(chosen.value.name));
  }

  async function addUser(name: string, password: string, role: Role): Promise<void> {
    await add(name, password, role);
    say(m.value.account.users.added(name));
  }

  return {
    users,
    error,
    again,
    isOwn,
    chosen,
    done,
    refused,
    failure,
    askRole,
    setShut,
    open,
    stepDown,
    removeChosen,
    reset,
    addUser,
  };
}
