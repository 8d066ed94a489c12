// Journeys that begin with nothing: a server of their own, with accounts unless told otherwise, on an
// empty data directory and a free port, which ends with them.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { test as base } from "@playwright/test";

const program = resolve(process.env["LOOKALIKE"] ?? "../target/release/lookalike");

type Accounts = "on" | "off";

async function startServer(journey: string, accounts: Accounts) {
  const data = await mkdtemp(join(tmpdir(), `lookalike-${journey}-`));
  const child = spawn(program, ["serve", "--data", data, "--listen", "127.0.0.1:0"], {
    env: { ...process.env, LOOKALIKE_ACCOUNTS: accounts },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  const said: string[] = [];
  const address = await new Promise<string>((found, failed) => {
    child.once("error", failed);
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      const [, here] = /serving on (http:\S+)/.exec(line) ?? [];
      if (here) found(here);
    });
    void ended.then(() => failed(new Error(`the server ended: ${said.join("\n")}`)));
  });
  const stop = async () => {
    child.kill();
    await ended;
    await rm(data, { recursive: true });
  };
  return { address, stop };
}

export const test = base.extend<object, { journey: string; accounts: Accounts; server: string }>({
  /** Tests of the same journey, one after the other, have the same server. */
  journey: ["", { option: true, scope: "worker" }],
  accounts: ["on", { option: true, scope: "worker" }],
  server: [
    async ({ journey, accounts }, use) => {
      const { address, stop } = await startServer(journey, accounts);
      await use(address);
      await stop();
    },
    { scope: "worker" },
  ],
  baseURL: ({ server }, use) => use(server),
});
