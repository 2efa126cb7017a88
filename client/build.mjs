// Builds everything the pages load: scripts, style sheets and the type faces of printed certificates.
// Nothing is fetched from anywhere: all sources are in node_modules or in src/.
import { context, build } from "esbuild";
import { copyFile, mkdir, readdir, stat } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { keepTablerParts } from "./tabler.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const web = join(here, "..", "src", "jiangheng", "web");
const built = join(web, "static", "built");
const fonts = join(web, "fonts");

const ENTRIES = {
  theme: "src/theme.ts",
  office: "src/office.ts",
  score: "src/score.ts",
  answers: "src/answers.ts",
  chart: "src/chart.ts",
  editor: "src/editor.ts",
  bank: "src/bank.ts",
  exam: "src/exam/main.ts",
  check: "src/exam/check.ts",
  watch: "src/watch.ts",
};
const SHEETS = {
  office: "src/styles/office.css",
  entry: "src/styles/entry.css",
  editor: "src/styles/editor.css",
  bank: "src/styles/bank.css",
  exam: "src/styles/exam.css",
};
// Upper limits in bytes. A page that a candidate opens on a slow phone must stay small; a build over the limit fails.
const LIMITS = { "office.css": 350_000, "exam.css": 40_000, "entry.css": 40_000, "office.js": 40_000, "chart.js": 540_000, "editor.js": 60_000, "editor.css": 12_000, "bank.js": 40_000, "bank.css": 8_000, "theme.js": 2_000 };

const FACES = [
  ["@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf", "NotoSerifSC-Regular.ttf"],
  ["@expo-google-fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf", "NotoSerifSC-Bold.ttf"],
  ["@expo-google-fonts/ma-shan-zheng/400Regular/MaShanZheng_400Regular.ttf", "MaShanZheng-Regular.ttf"],
];

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  legalComments: "none",
  logLevel: "warning",
  outdir: built,
  // Office machines in counties run browsers several years old.
  target: ["chrome90", "firefox90", "safari14.1"],
};

/** The entries whose source exists; a missing one is named, never passed over in silence. */
function present(entries) {
  return Object.fromEntries(
    Object.entries(entries).filter(([name, path]) => {
      const there = existsSync(join(here, path));
      if (!there) console.warn(`skipped ${name}: ${path} does not exist`);
      return there;
    }),
  );
}

const scripts = { ...common, entryPoints: present(ENTRIES), format: "iife" };
const sheets = { ...common, entryPoints: present(SHEETS), plugins: [keepTablerParts] };

async function copyFaces() {
  await mkdir(fonts, { recursive: true });
  for (const [from, to] of FACES) await copyFile(join(here, "node_modules", from), join(fonts, to));
}

async function weigh() {
  let heavy = false;
  for (const name of (await readdir(built)).sort()) {
    const { size } = await stat(join(built, name));
    const limit = LIMITS[name];
    const over = limit !== undefined && size > limit;
    heavy ||= over;
    console.log(`${name.padEnd(12)} ${(size / 1000).toFixed(1).padStart(7)} kB${over ? `  over its limit of ${limit / 1000} kB` : ""}`);
  }
  if (heavy) process.exit(1);
}

await copyFaces();
if (process.argv.includes("--watch")) {
  for (const options of [scripts, sheets]) await (await context(options)).watch();
} else {
  await Promise.all([build(scripts), build(sheets)]);
  await weigh();
}
