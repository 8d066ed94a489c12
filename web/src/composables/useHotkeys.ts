// Keys, while the user is not writing and no dialog is open: single ones by their names, those with
// Ctrl or Cmd as `Mod+` and the name.
import { onActivated, onDeactivated, onMounted, onUnmounted } from "vue";

export type Hotkeys = Partial<Record<string, (event: KeyboardEvent) => void>>;

export function useHotkeys(keys: Hotkeys): void {
  const listen = (event: KeyboardEvent) => {
    if (event.altKey || event.defaultPrevented) return;
    if (isWriting(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    keys[event.ctrlKey || event.metaKey ? `Mod+${key}` : key]?.(event);
  };
  const start = () => document.addEventListener("keydown", listen);
  const stop = () => document.removeEventListener("keydown", listen);
  onMounted(start);
  onActivated(start);
  onDeactivated(stop);
  onUnmounted(stop);
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "range"].includes(target.type);
  return target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName);
}
