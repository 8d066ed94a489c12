// Words and formats of the language in use. Each language is a chunk of its own, loaded when needed.
import { computed, ref, shallowRef, type ComputedRef, type Ref } from "vue";
import type { Messages } from "./en";
import { type Language, preferredLanguage } from "./language";
import { formatsOf, type Formats } from "./formats";

const loaders: Record<Language, () => Promise<{ default: Messages }>> = {
  en: () => import("./en"),
  zh: () => import("./zh"),
};

const language = ref<Language>("en");
const messages = shallowRef<Messages>();
const formats = computed(() => formatsOf(language.value));

export async function setLanguage(chosen: Language): Promise<void> {
  messages.value = (await loaders[chosen]()).default;
  language.value = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
}

export async function chooseLanguage(chosen: Language): Promise<void> {
  localStorage.setItem("language", chosen);
  await setLanguage(chosen);
}

/** To be awaited before the first component is made. */
export function startLanguage(): Promise<void> {
  return setLanguage(preferredLanguage());
}

const words = computed(() => {
  if (!messages.value) throw new Error("words are asked for before a language was loaded");
  return messages.value;
});

export function useWords(): {
  m: ComputedRef<Messages>;
  f: ComputedRef<Formats>;
  language: Ref<Language>;
} {
  return { m: words, f: formats, language };
}
