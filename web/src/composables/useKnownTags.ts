// The tags that are in use in a collection, to complete what is written.
import { ref } from "vue";
import { call } from "../api/client";

export function useKnownTags() {
  const known = ref<string[]>([]);

  async function load(collection: string): Promise<void> {
    try {
      const facets = await call("get", "/api/facets", { query: { collection, top: 100 } });
      known.value = facets.tags.map((tag) => tag.value);
    } catch {
      // Tags can be written without help.
    }
  }

  return { known, load };
}
