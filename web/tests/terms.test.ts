import { describe, expect, it } from "vitest";
import { composed } from "../src/search/terms";

const term = (text: string, weight = 1) => ({ text, weight });

describe("composed words", () => {
  it("puts parts together as the server takes them apart", () => {
    expect(composed([term("dog"), term("leash", -0.5)])).toBe("dog - leash");
    expect(composed([term("leash", -0.5), term("dog"), term("ball")])).toBe("dog + ball - leash");
    expect(composed([term("dog")])).toBe("dog");
  });

  it("quotes signs that are words", () => {
    expect(composed([term("rock - paper"), term("T-shirt", -0.5)])).toBe(
      '"rock - paper" - T-shirt',
    );
  });

  it("is nothing where nothing is to be found", () => {
    expect(composed([term("leash", -0.5)])).toBe("");
    expect(composed([])).toBe("");
  });
});
