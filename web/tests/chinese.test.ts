// One vocabulary, one punctuation: what docs/page.zh.md says of Chinese holds for page, report and docs.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { formatsOf } from "../src/i18n/formats";
import zh from "../src/i18n/zh";

const read = (path: string) => readFileSync(resolve("..", path), "utf8");
const guide = read("docs/page.zh.md");
const HAN = "[\\u4e00-\\u9fff]";
const ASCII = "[A-Za-z0-9]";

/** All words of the page by their paths; what is filled in is a number, or a name. */
function texts(messages: object, filled: string, path = ""): [path: string, text: string][] {
  return Object.entries(messages).flatMap(([key, value]): [string, string][] => {
    if (typeof value === "string") return [[path + key, value]];
    if (typeof value !== "function") return texts(value as object, filled, `${path}${key}.`);
    const write = value as (...values: unknown[]) => string;
    // A list of parts where there is one.
    const given = path + key === "compare.changed" ? [filled] : filled;
    return [[path + key, write(...Array.from({ length: write.length }, () => given))]];
  });
}

const page = texts(zh, "7");

test("words that the table refuses are nowhere", () => {
  const rows = guide.split("\n").filter((line) => /^\|[^|]+\|[^|]+\|[^|]+\|$/.test(line));
  const refused = rows.slice(2).flatMap((row) => (row.split("|")[3] ?? "").trim().split("、"));
  expect(refused.length).toBeGreaterThan(20);
  const [prose = ""] = guide.split("## 用词");
  const sources: [string, string][] = [
    ...page,
    ["docs/page.zh.md", prose],
    ["README.zh.md", read("README.zh.md")],
    ["words.rs", read("crates/reports/src/words.rs")],
    ["parameters.rs", read("crates/reports/src/parameters.rs")],
  ];
  for (const word of refused) {
    const found = sources.filter(([, text]) => text.includes(word)).map(([where]) => where);
    expect(found, word).toEqual([]);
  }
});

test("punctuation beside Chinese is Chinese", () => {
  const wrong = new RegExp(`${HAN}[,;:?!()]|[,;:?!()]${HAN}|\\.\\.\\.|[「」]|……`);
  const found = [...page, ...texts(zh, "abc")].filter(([, text]) => wrong.test(text));
  expect(found).toEqual([]);
});

/** What is filled in ends in Chinese itself: 2025年12月30日授权, 5 秒后, 左右翻转。 */
const FILLED =
  /^(results\.granted|saved\.(nothingNew|added)|trash\.(deletedAt|goneAt)|account\.problem\.wait|compare\.changed)$/;

test("letters and digits stand apart from Chinese", () => {
  const joined = new RegExp(`${HAN}${ASCII}|${ASCII}${HAN}`);
  const found = page.filter(([path, text]) => !FILLED.test(path) && joined.test(text));
  expect(found).toEqual([]);
});

test("units stand apart from numbers", () => {
  const f = formatsOf("zh");
  const written = [f.milliseconds(1.25), f.milliseconds(120), f.duration(3725), f.seconds(5)];
  expect(written).toEqual(["1.3\u00a0毫秒", "120\u00a0毫秒", "1\u00a0小时 2\u00a0分", "5\u00a0秒"]);
  expect(f.bytes(1_500_000)).toBe("1.5 MB");
});
