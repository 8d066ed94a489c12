// A server of its own for a journey that begins with nothing, and ends with it.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const program = resolve(process.env["LOOKALIKE"] ?? "../target/release/lookalike");

export interface Server {
  address: string;
  stop: () => Promise<void>;
}

/** On an empty data directory and a free port; `settings` are environment variables. */
export async function startServer(settings: Record<string, string> = {}): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), "lookalike-"));
  const child = spawn(program, ["serve", "--data", data, "--listen", "127.0.0.1:0"], {
    env: { ...process.env, ...settings },
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
