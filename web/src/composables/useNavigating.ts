// Whether the user is on the way to another place, which takes a moment where its page has to be
// loaded: whoever changes the address meanwhile would cancel that.
import { ref } from "vue";
import type { RouteLocationNormalized, Router } from "vue-router";

const navigating = ref(false);

export function followNavigation(router: Router): void {
  let latest: RouteLocationNormalized | null = null;
  router.beforeEach((to) => {
    latest = to;
    navigating.value = true;
  });
  router.afterEach((to) => {
    // One that was given up for a later one does not end that.
    if (to === latest) navigating.value = false;
  });
  router.onError(() => {
    navigating.value = false;
  });
}

export function useNavigating() {
  return navigating;
}
