import { expect, test } from "vitest";
import { understand } from "../src/search/typed";

const HERE = "http://127.0.0.1:8080";
const of = (text: string) => understand(text, HERE);

test.each([
  ["D939806", "D939806"],
  ["US D939,806 S1", "D939806"],
  ["USD0939806", "D0939806"],
  ["Des. 939,806", "D939806"],
  ["US Patent No. D 939 806", "D939806"],
  ["Ｄ９３９，８０６", "D939806"],
  ["1,107,373", "D1107373"],
  ["939806", "D939806"],
  ["RE49,999 E1", "RE49999"],
  ["https://patents.google.com/patent/USD939806S1/en?oq=d939806", "D939806"],
  [`${HERE}/patents/USD939806`, "USD939806"],
])("%s is a patent", (text, patent) => {
  expect(of(text)).toEqual({ kind: "patent", patent });
});

test.each(["chair", "2 chairs", "1990", "d 12", "2024-05-06 1234567", "MP3 player 123456", "椅子"])(
  "%s is words",
  (text) => {
    expect(of(` ${text} `)).toEqual({ kind: "words", text });
  },
);

test.each([
  ["#12", 12],
  ["item-345", 345],
  [`${HERE}/items/7`, 7],
  [`${HERE}/api/image/full/a%20b.png?id=9`, 9],
  [`${HERE}/api/image/a.png?id=10&drawn=true`, 10],
  [`${HERE}/patents/USD1?view=11&collection=default`, 11],
])("%s is a picture of the library", (text, id) => {
  expect(of(text)).toEqual({ kind: "item", id });
});

test("another page of this server is a place, one of another server is elsewhere", () => {
  expect(of(`${HERE}/?shared=ab&n=5`)).toEqual({ kind: "place", path: "/?shared=ab&n=5" });
  expect(of("https://example.org/a.jpg")).toEqual({ kind: "elsewhere", host: "example.org" });
  expect(of("http://127.0.0.1:9/items/7")).toEqual({ kind: "elsewhere", host: "127.0.0.1:9" });
});

test("blanks are nothing", () => {
  expect(of(" \u3000 ")).toEqual({ kind: "nothing" });
});
