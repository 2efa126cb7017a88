// Bundles every tests/*.test.ts and runs the bundles with Node's own test runner.
import { build } from "esbuild";
import { readdirSync, rmSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "dist", "tests");
const names = readdirSync(join(here, "tests")).filter((name) => name.endsWith(".test.ts"));
if (names.length === 0) throw new Error("tests/ holds no *.test.ts");
rmSync(out, { recursive: true, force: true });
await build({
  absWorkingDir: here,
  entryPoints: names.map((name) => join("tests", name)),
  bundle: true,
  platform: "node",
  format: "esm",
  outdir: out,
  outExtension: { ".js": ".mjs" },
  sourcemap: "inline",
  logLevel: "warning",
});
const files = names.map((name) => join(out, name.replace(/\.ts$/, ".mjs")));
const { status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-timeout=30000", ...files], {
  stdio: "inherit",
  // A test that spins would otherwise hold the machine for ever.
  timeout: 180_000,
});
process.exit(status ?? 1);
