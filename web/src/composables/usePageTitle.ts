import { onActivated, watchEffect } from "vue";

export function usePageTitle(title: () => string): void {
  const show = () => {
    document.title = `${title()} · lookalike`;
  };
  watchEffect(show);
  onActivated(show);
}
