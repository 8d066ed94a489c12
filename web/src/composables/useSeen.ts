// Whether an element is near to what the user sees.
import { onScopeDispose, ref, type Ref, watch } from "vue";

/** About half a screen ahead. */
const MARGIN = "400px";

export function useSeen(element: Readonly<Ref<Element | null>>) {
  const near = ref(false);
  const observer = new IntersectionObserver(
    (changes) => (near.value = changes.at(-1)?.isIntersecting ?? false),
    { rootMargin: MARGIN },
  );
  watch(
    element,
    (now, before) => {
      if (before) observer.unobserve(before);
      if (now) observer.observe(now);
      else near.value = false;
    },
    { immediate: true },
  );
  onScopeDispose(() => observer.disconnect());
  return near;
}
