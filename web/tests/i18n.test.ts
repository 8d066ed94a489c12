import { expect, test } from "vitest";
import en from "../src/i18n/en";
import { formatsOf } from "../src/i18n/formats";
import zh from "../src/i18n/zh";

/** Paths of all words, with the number of what is filled in. */
function shape(messages: object, path = ""): string[] {
  return Object.entries(messages).flatMap(([key, value]) => {
    if (typeof value === "function") return [`${path}${key}(${value.length})`];
    return typeof value === "string" ? [path + key] : shape(value as object, `${path}${key}.`);
  });
}

test("both languages have the same words", () => {
  expect(shape(zh).sort()).toEqual(shape(en).sort());
});

test("no word is empty", () => {
  const texts = (messages: object): unknown[] =>
    Object.values(messages).flatMap((value) =>
      typeof value === "object" ? texts(value) : [value],
    );
  for (const text of [...texts(en), ...texts(zh)]) expect(text).not.toBe("");
});

test("numbers and dates are written as each language does", () => {
  expect(formatsOf("en").day(20251230)).toBe("30 Dec 2025");
  expect(formatsOf("zh").day(20251230)).toBe("2025年12月30日");
  expect(formatsOf("en").integer(12345)).toBe("12,345");
  expect(formatsOf("en").milliseconds(1.25)).toBe("1.3\u00a0ms");
  expect(formatsOf("en").similarity(0.696)).toBe("69%");
  expect(formatsOf("en").similarity(0.29)).toBe("29%");
  expect(formatsOf("en").similarity(0.9998)).toBe("100%");
  expect(formatsOf("en").bytes(1_500_000)).toBe("1.5 MB");
  expect(formatsOf("en").duration(3725)).toBe("1\u00a0h 2\u00a0min");
  expect(formatsOf("zh").duration(65)).toBe("1\u00a0分 5\u00a0秒");
  expect(formatsOf("en").duration(0.24)).toBe("0.2\u00a0s");
  expect(formatsOf("en").locarno("10-02")).toBe("Clocks, watches, measuring instruments");
  expect(formatsOf("zh").locarno("99-01")).toBeNull();
});
