// Whole seconds that are still to go.
import { onScopeDispose, ref } from "vue";

export function useCountdown() {
  const seconds = ref(0);
  let timer: ReturnType<typeof setInterval> | undefined;

  function start(from: number): void {
    clearInterval(timer);
    const end = performance.now() + from * 1000;
    const show = () => {
      seconds.value = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      if (seconds.value === 0) clearInterval(timer);
    };
    show();
    timer = setInterval(show, 250);
  }

  onScopeDispose(() => clearInterval(timer));
  return { seconds, start };
}
