// Each test goes on where the one before it ended.
import { expect, type Page } from "@playwright/test";
import { LOOKS, take } from "./album";
import { auditInBothThemes, fitsPhone } from "./audit";
import { test } from "./server";

test.describe.configure({ mode: "serial" });
test.use({ journey: "accounts" });

const [ANN, BOB] = ["ann", "bob"];
let annsPassword = "correct horse";
const BOBS_PASSWORD = "battery staple";

async function fillIn(page: Page, name: string, password: string) {
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(password);
}

async function logIn(page: Page, name: string, password: string) {
  await fillIn(page, name, password);
  await page.getByRole("button", { name: "Log in" }).click();
}

async function openAccount(page: Page, name: string, password: string) {
  await page.goto("/account");
  await logIn(page, name, password);
  await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
}

const main = (page: Page) => page.getByRole("navigation", { name: "Main" });

test("the first to come makes the first account, and is the administrator", async ({ page }) => {
  await page.goto("/library");
  await expect(page.getByRole("heading", { name: "Make the first account" })).toBeVisible();
  await auditInBothThemes(page);
  await fitsPhone(page);
  const send = page.getByRole("button", { name: "Make the account" });
  await send.click();
  await expect(page.getByRole("alert")).toHaveText("Enter a name and a password.");
  await fillIn(page, ANN, "short");
  await send.click();
  await expect(page.getByRole("alert")).toContainText("too short");
  await fillIn(page, ANN, annsPassword);
  await page.getByRole("button", { name: "Show password" }).click();
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("type", "text");
  await send.click();
  await expect(page).toHaveURL("/library");
  await expect(main(page).getByRole("link", { name: "Import" })).toBeVisible();
  await page.getByRole("link", { name: `Account: ${ANN}` }).click();
  await expect(page.getByText("Administrator", { exact: true }).first()).toBeVisible();
});

test("a wrong password is said in words; the right one leads to where one was going", async ({
  page,
}) => {
  await page.goto("/history");
  await expect(page).toHaveURL("/login?next=/history");
  await auditInBothThemes(page);
  await logIn(page, ANN, "wrong horse");
  await expect(page.getByRole("alert")).toHaveText(/Name or password is wrong/);
  await logIn(page, ANN, annsPassword);
  await expect(page).toHaveURL("/history");
  await expect(page.getByRole("heading", { name: "You have not searched yet" })).toBeVisible();
});

test("who guesses too often is told how long to wait", async ({ page }) => {
  await page.route("**/api/auth/login", (route) =>
    route.fulfill({
      status: 429,
      headers: { "retry-after": "7" },
      json: { code: 429, message: "too many attempts; try again in 7 s", data: null },
    }),
  );
  await page.goto("/login");
  await logIn(page, ANN, annsPassword);
  await expect(page.getByRole("alert")).toContainText("try again in 7 seconds");
  await expect(page.getByRole("button", { name: "Log in" })).toBeDisabled();
  await page.unroute("**/api/auth/login");
  await expect(page.getByText("try again in 5 seconds")).toBeVisible();
  await expect(page.getByRole("button", { name: "Log in" })).toBeEnabled({ timeout: 10_000 });
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page).toHaveURL("/");
});

test("without the server the login says so, and comes when it is back", async ({ page }) => {
  await page.route("**/api/auth/rules", (route) => route.abort());
  await page.goto("/account");
  await expect(page.getByRole("alert")).toContainText("The server does not answer");
  await page.unroute("**/api/auth/rules");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page).toHaveURL("/login?next=/account");
  await logIn(page, ANN, annsPassword);
  await expect(page).toHaveURL("/account");
});

test("a login leads nowhere but into the page", async ({ page }) => {
  await page.goto("/login?next=//example.org/");
  await logIn(page, ANN, annsPassword);
  await expect(page).toHaveURL("/");
  await page.goto("/login?next=/history");
  await expect(page).toHaveURL("/history");
});

test("an administrator lets others in; the last one stays", async ({ page }) => {
  await openAccount(page, ANN, annsPassword);
  const users = page.getByRole("region", { name: "Users" });
  await users.getByRole("combobox", { name: `Role of ${ANN}` }).selectOption("reader");
  await expect(users.getByRole("alert")).toHaveText(/ann is the last administrator/);
  await expect(users.getByRole("combobox", { name: `Role of ${ANN}` })).toHaveValue("admin");

  await users.getByRole("button", { name: "Add user" }).click();
  const dialog = page.getByRole("dialog", { name: "Add user" });
  await fillIn(page, ANN, BOBS_PASSWORD);
  await dialog.getByRole("button", { name: "Add user" }).click();
  await expect(dialog.getByRole("alert")).toContainText("has that name already");
  await fillIn(page, BOB, BOBS_PASSWORD);
  await auditInBothThemes(page);
  await dialog.getByRole("button", { name: "Add user" }).click();
  await expect(users.getByRole("status")).toHaveText("bob can log in now.");
  await expect(users.getByRole("row", { name: /^bob/ })).toBeVisible();
  await auditInBothThemes(page);
  await fitsPhone(page);
});

test("a reader is shown what readers may do, and told the rest", async ({ page }) => {
  await openAccount(page, BOB, BOBS_PASSWORD);
  await expect(main(page).getByRole("link", { name: "History" })).toBeVisible();
  await expect(main(page).getByRole("link", { name: "Import" })).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Users" })).toHaveCount(0);
  await page.goto("/import");
  await expect(page.getByRole("heading", { name: /needs the role Editor/ })).toBeVisible();
  await auditInBothThemes(page);
});

test("a script acts by a token until it is revoked", async ({ page, playwright, baseURL }) => {
  await openAccount(page, ANN, annsPassword);
  const tokens = page.getByRole("region", { name: "Tokens" });
  await expect(tokens.getByText("You have no tokens.")).toBeVisible();
  await tokens.getByRole("button", { name: "New token" }).click();
  await page.getByLabel("What it is for").fill("Nightly import");
  await page.getByLabel("Valid for").selectOption("30 days");
  await page.getByRole("button", { name: "Make the token" }).click();
  await expect(tokens.getByText("never shown again")).toBeVisible();
  const token = await tokens.getByText(/^lk_/).textContent();
  await auditInBothThemes(page);
  await fitsPhone(page);

  const script = await playwright.request.newContext({
    baseURL: baseURL ?? "",
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  });
  expect((await script.get("/api/auth/me")).status()).toBe(200);
  await tokens.getByRole("button", { name: "Done" }).click();
  await expect(tokens.getByText(/^lk_/)).toHaveCount(0);
  await tokens.getByRole("button", { name: "Revoke Nightly import" }).click();
  await page.getByRole("button", { name: "Revoke token" }).click();
  await expect(tokens.getByText("You have no tokens.")).toBeVisible();
  expect((await script.get("/api/auth/me")).status()).toBe(401);
});

test("another password ends other sessions, which come back to where they were", async ({
  page,
  browser,
  baseURL,
}) => {
  await openAccount(page, ANN, annsPassword);
  const context = await browser.newContext({ baseURL: baseURL ?? "", locale: "en-GB" });
  const elsewhere = await context.newPage();
  await openAccount(elsewhere, ANN, annsPassword);

  await page.getByRole("button", { name: "Change password" }).click();
  const dialog = page.getByRole("dialog", { name: "Change password" });
  await dialog.getByLabel("Current password").fill("wrong horse");
  await dialog.getByLabel("New password").fill("donkey and mule");
  await dialog.getByRole("button", { name: "Change password" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("The current password is wrong.");
  await dialog.getByLabel("Current password").fill(annsPassword);
  await dialog.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed.")).toBeVisible();
  annsPassword = "donkey and mule";

  await main(elsewhere).getByRole("link", { name: "History" }).click();
  await expect(elsewhere).toHaveURL("/login?next=/history");
  await logIn(elsewhere, ANN, annsPassword);
  await expect(elsewhere).toHaveURL("/history");
  await context.close();
});

test("a session that another tab began anew goes on with its changes", async ({
  page,
  context,
}) => {
  await openAccount(page, ANN, annsPassword);
  const tab = await context.newPage();
  await tab.goto("/account");
  await tab.getByRole("button", { name: "Log out" }).click();
  await expect(tab).toHaveURL("/login");
  await logIn(tab, ANN, annsPassword);
  await expect(tab).toHaveURL("/");
  await page.getByRole("combobox", { name: `Role of ${BOB}` }).selectOption("editor");
  await expect(page.getByText("bob is now: Editor.")).toBeVisible();
});

test("users are shut out, let in, given a password, and removed", async ({ page }) => {
  await openAccount(page, ANN, annsPassword);
  const users = page.getByRole("region", { name: "Users" });
  const bob = users.getByRole("row", { name: /^bob/ });
  await users.getByRole("button", { name: "Shut bob out" }).click();
  await expect(users.getByRole("status")).toHaveText("bob is shut out.");
  await users.getByRole("button", { name: "Let bob in again" }).click();
  await expect(users.getByRole("status")).toHaveText("bob can log in again.");
  await users.getByRole("button", { name: "Reset the password of bob" }).click();
  const reset = page.getByRole("dialog", { name: "Reset the password of bob" });
  await reset.getByLabel("New password").fill("staple battery");
  await reset.getByRole("button", { name: "Reset password" }).click();
  await expect(users.getByRole("status")).toHaveText("bob has a new password.");
  await users.getByRole("button", { name: "Remove bob" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove bob" }).click();
  await expect(bob).toHaveCount(0);
});

test("who logs out is a stranger", async ({ page }) => {
  await openAccount(page, ANN, annsPassword);
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL("/login");
  await expect(main(page)).toHaveCount(0);
  await page.goto("/history");
  await expect(page).toHaveURL("/login?next=/history");
});

for (const look of LOOKS) {
  test.describe(`${look.locale} ${look.colorScheme}`, () => {
    test.use(look);

    test("pictures", async ({ page }) => {
      await page.goto("/login");
      await expect(page.locator("form")).toBeVisible();
      await take(page, "login", look);
      const login = { name: ANN, password: annsPassword };
      const answer = await page.request.post("/api/auth/login", { data: login });
      const headers = { "x-csrf-token": (await answer.json()).data.csrf_token };
      const send = (path: string, data: object) => page.request.post(path, { data, headers });
      await send("/api/auth/register", { name: BOB, password: BOBS_PASSWORD, role: "editor" });
      await send("/api/auth/tokens", { name: "Nightly import", days: 90 });
      await page.goto("/account");
      await expect(page.locator("table")).toHaveCount(2);
      await take(page, "account", look);
    });
  });
}
