// Light, dark, or as the system has it.
import { ref, watch } from "vue";

export type Theme = "system" | "light" | "dark";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];

const stored = localStorage.getItem("theme");
const theme = ref<Theme>(stored === "light" || stored === "dark" ? stored : "system");

watch(theme, (chosen) => {
  if (chosen === "system") {
    localStorage.removeItem("theme");
    delete document.documentElement.dataset["theme"];
  } else {
    localStorage.setItem("theme", chosen);
    document.documentElement.dataset["theme"] = chosen;
  }
});

export function useTheme() {
  return theme;
}
