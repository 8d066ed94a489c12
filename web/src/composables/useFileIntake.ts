// Pictures that are dropped or pasted anywhere on the page.
import { onScopeDispose, ref } from "vue";

export function useFileIntake(take: (files: File[]) => void) {
  const over = ref(false);
  let depth = 0;

  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  const leave = () => {
    depth = 0;
    over.value = false;
  };
  const listeners: Record<string, (event: Event) => void> = {
    dragenter: (event) => {
      if (!hasFiles(event as DragEvent)) return;
      event.preventDefault();
      depth += 1;
      over.value = true;
    },
    dragover: (event) => {
      if (hasFiles(event as DragEvent)) event.preventDefault();
    },
    dragleave: () => {
      depth -= 1;
      if (depth <= 0) leave();
    },
    drop: (event) => {
      const { dataTransfer } = event as DragEvent;
      leave();
      if (!dataTransfer?.files.length) return;
      event.preventDefault();
      take([...dataTransfer.files]);
    },
    paste: (event) => {
      const files = (event as ClipboardEvent).clipboardData?.files;
      if (files?.length) take([...files]);
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
  return over;
}
