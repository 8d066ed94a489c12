import { expect, test } from "vitest";
import { credentialsFault, passwordFault } from "../src/account/credentials";
import { type Visitor, wayOf } from "../src/account/gate";
import { nextPlace } from "../src/account/next";
import type { Role } from "../src/api/types";

const RANKS: Role[] = ["reader", "editor", "admin"];
const user = (role: Role): Visitor => ({
  accounts: true,
  loggedIn: true,
  may: (asked) => RANKS.indexOf(role) >= RANKS.indexOf(asked),
});
const stranger = (anonymousSearch: boolean): Visitor => ({
  accounts: true,
  loggedIn: false,
  may: (asked) => anonymousSearch && asked === "reader",
});

test("without accounts everybody is let in everywhere", () => {
  const anybody = { ...stranger(false), accounts: false };
  expect(wayOf({}, anybody)).toBe("in");
  expect(wayOf({ own: true }, anybody)).toBe("in");
  expect(wayOf({ role: "editor" }, anybody)).toBe("in");
});

test("strangers log in first, or search where they may", () => {
  expect(wayOf({}, stranger(false))).toBe("login");
  expect(wayOf({ open: true }, stranger(false))).toBe("in");
  expect(wayOf({}, stranger(true))).toBe("in");
  expect(wayOf({ own: true }, stranger(true))).toBe("login");
  expect(wayOf({ role: "editor" }, stranger(true))).toBe("login");
});

test("a login does not help whose role is too low", () => {
  expect(wayOf({}, user("reader"))).toBe("in");
  expect(wayOf({ own: true }, user("reader"))).toBe("in");
  expect(wayOf({ role: "editor" }, user("reader"))).toBe("refused");
  expect(wayOf({ role: "editor" }, user("admin"))).toBe("in");
});

test("after a login one goes on within the page, and nowhere else", () => {
  expect(nextPlace("/?search=7&class=06-01")).toBe("/?search=7&class=06-01");
  expect(nextPlace("/patents/USD1?view=3#top")).toBe("/patents/USD1?view=3#top");
  for (const elsewhere of [
    undefined,
    null,
    ["/history"],
    "",
    "history",
    "https://example.org/",
    "//example.org",
    "/\\example.org",
    "/\t/example.org",
    "/.//example.org",
    "javascript:alert(1)",
    "/login?next=/login",
  ]) {
    expect(nextPlace(elsewhere)).toBe("/");
  }
});

test("names and passwords are what the server takes", () => {
  expect(credentialsFault("Ann-1_2.3@example.com", "12345678")).toBeNull();
  expect(credentialsFault("", "12345678")).toBe("empty");
  for (const name of ["a b", "änn", "..", "x".repeat(65)]) {
    expect(credentialsFault(name, "12345678")).toBe("name");
  }
  expect(passwordFault("1234567")).toBe("short");
  expect(passwordFault("密码密")).toBeNull();
  expect(passwordFault("x".repeat(1025))).toBe("long");
});
