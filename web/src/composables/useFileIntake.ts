// Files, and addresses from other sites, that are dropped or pasted anywhere: the page that is shown
// says what becomes of them.
import { onMounted, onScopeDispose, onUnmounted, ref, shallowRef } from "vue";
import { draggedAddress } from "../search/typed";

export interface Intake {
  /** What letting go will do, in words. */
  words: string;
  take: (transfer: DataTransfer) => void;
  /** What becomes of an address or of pasted text; without it, such is left to the browser. */
  takeText?: (text: string) => void;
  /** What letting go at the right does instead. */
  add?: Intake;
}

/** Null where files are of no use now. */
type Offer = () => Intake | null;

const ofPage = shallowRef<Offer | null>(null);

/** To be used by a page that has another use for files than the app. */
export function takeFiles(offer: Offer): void {
  onMounted(() => (ofPage.value = offer));
  onUnmounted(() => {
    if (ofPage.value === offer) ofPage.value = null;
  });
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("input, textarea, select, [contenteditable]") !== null
  );
}

/** To be used once, with what becomes of files where no page takes them; gives what a file that is
 * held over the page is offered. */
export function useFileIntake(usual: Offer) {
  const offered = ref<Intake | null>(null);
  const intake = () => (ofPage.value ?? usual)();
  let depth = 0;

  /** A hit or a link of this page is on its way, of which others know what to do. */
  let isOwn = false;

  const isOfUse = ({ dataTransfer }: DragEvent) => {
    if (isOwn || !dataTransfer) return false;
    const isAddress = dataTransfer.types.includes("text/uri-list") && Boolean(intake()?.takeText);
    return dataTransfer.types.includes("Files") || isAddress;
  };
  const leave = () => {
    depth = 0;
    offered.value = null;
  };
  const listeners: Record<string, (event: Event) => void> = {
    dragstart: () => (isOwn = true),
    dragend: () => (isOwn = false),
    dragenter: (event) => {
      if (!isOfUse(event as DragEvent)) return;
      event.preventDefault();
      depth += 1;
      offered.value = intake();
    },
    dragover: (event) => {
      const { dataTransfer } = event as DragEvent;
      if (!dataTransfer || !isOfUse(event as DragEvent)) return;
      // Left alone, the browser would go to the file.
      event.preventDefault();
      if (!offered.value) dataTransfer.dropEffect = "none";
    },
    dragleave: () => {
      depth -= 1;
      if (depth <= 0) leave();
    },
    drop: (event) => {
      const { dataTransfer } = event as DragEvent;
      leave();
      if (isOwn || !dataTransfer) return;
      const found = intake();
      if (!dataTransfer.files.length) {
        const address = draggedAddress(dataTransfer);
        if (!address || !found?.takeText) return;
        event.preventDefault();
        return found.takeText(address);
      }
      event.preventDefault();
      const right = (event as DragEvent).clientX > innerWidth / 2;
      (right ? (found?.add ?? found) : found)?.take(dataTransfer);
    },
    paste: (event) => {
      const { clipboardData } = event as ClipboardEvent;
      if (clipboardData?.files.length) return intake()?.take(clipboardData);
      const text = clipboardData?.getData("text/plain").trim();
      if (text && !isField(event.target)) intake()?.takeText?.(text);
    },
  };
  for (const [name, listener] of Object.entries(listeners)) {
    document.addEventListener(name, listener);
  }
  onScopeDispose(() => {
    for (const [name, listener] of Object.entries(listeners)) {
      document.removeEventListener(name, listener);
    }
  });
  return offered;
}
