import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

// `npm run dev` shows the pages of a server that runs elsewhere: LOOKALIKE_SERVER=http://host:port.
const server = process.env["LOOKALIKE_SERVER"] ?? "http://127.0.0.1:8080";

// The server refuses changes from other origins than the one it is asked under.
const proxy = Object.fromEntries(
  ["/api", "/health", "/docs", "/openapi.json"].map((path) => [path, { target: server }]),
);

export default defineConfig({
  plugins: [vue()],
  server: { proxy },
  build: {
    target: "es2022",
    // The server's policy loads nothing from data URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Fewer requests: what is small goes along with what is loaded anyway.
    rollupOptions: { output: { experimentalMinChunkSize: 16_000 } },
  },
  test: { include: ["tests/**/*.test.ts"] },
});
