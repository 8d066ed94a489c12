// How wide an element is, in pixels.
import { onScopeDispose, type Ref, ref, watch } from "vue";

export function useWidth(element: Readonly<Ref<HTMLElement | null>>) {
  const width = ref(0);
  const observer = new ResizeObserver(([entry]) => {
    width.value = entry?.contentRect.width ?? 0;
  });
  watch(
    element,
    (now, before) => {
      if (before) observer.unobserve(before);
      if (now) observer.observe(now);
    },
    { immediate: true, flush: "post" },
  );
  onScopeDispose(() => observer.disconnect());
  return width;
}
