// Fails when src/api/schema.d.ts is not what docs/openapi.json says.
import { readFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";
import { format } from "prettier";

const source = new URL("../../docs/openapi.json", import.meta.url);
const schema = new URL("../src/api/schema.d.ts", import.meta.url);
const header = (text) => text.replace(/^\/\*\*[\s\S]*?\*\/\s*/, "");

const made = await format(astToString(await openapi(source, { defaultNonNullable: false })), {
  parser: "typescript",
  printWidth: 100,
});
if (header(made) !== header(await readFile(schema, "utf8"))) {
  console.error("src/api/schema.d.ts is stale; run: npm run schema");
  process.exit(1);
}
