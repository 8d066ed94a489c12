// Whether a media query holds now.
import { onScopeDispose, ref } from "vue";

export function useMedia(query: string) {
  const media = matchMedia(query);
  const holds = ref(media.matches);
  const update = () => (holds.value = media.matches);
  media.addEventListener("change", update);
  onScopeDispose(() => media.removeEventListener("change", update));
  return holds;
}
