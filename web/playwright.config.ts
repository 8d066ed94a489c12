import { defineConfig } from "@playwright/test";

const address = "http://127.0.0.1:8799";
/** A server with accounts, on an empty data directory. */
const accounts = "http://127.0.0.1:8798";

export default defineConfig({
  testDir: "e2e",
  workers: 1,
  timeout: 60_000,
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    baseURL: address,
    browserName: "chromium",
    locale: "en-GB",
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox"],
    },
  },
  projects: [
    { name: "designs", testIgnore: "accounts.spec.ts" },
    { name: "accounts", testMatch: "accounts.spec.ts", use: { baseURL: accounts } },
  ],
  webServer: [
    {
      command: "e2e/serve",
      url: `${address}/health/live`,
      timeout: 300_000,
      stdout: "pipe",
    },
    { command: "e2e/serve-accounts", url: `${accounts}/health/live`, stdout: "pipe" },
  ],
});
