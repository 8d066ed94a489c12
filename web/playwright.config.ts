import { defineConfig } from "@playwright/test";

const address = "http://127.0.0.1:8799";

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
  webServer: {
    command: "e2e/serve",
    url: `${address}/health/live`,
    timeout: 300_000,
    stdout: "pipe",
  },
});
