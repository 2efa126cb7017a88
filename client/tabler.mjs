// Keeps the parts of Tabler's style sheet that the templates may use and leaves out the rest (frame, colour
// ranges, widgets that need its script). The list is by family of class, so it does not depend on which templates
// exist at the moment of the build.
import { readFile } from "node:fs/promises";

const FAMILIES = new Set(
  ("row col g gx gy container card table list badge alert avatar progress datagrid spinner visually sticky " +
    "d flex align justify gap m mt mb ms me mx my p pt pb ps pe px py w h text fw fs border rounded overflow " +
    "order column position float small lead hr space").split(" "),
);
const HUES =
  /\.(?:[a-z]+-)*(?:blue|azure|indigo|purple|pink|red|orange|yellow|lime|green|teal|cyan|gray|facebook|twitter|x|linkedin|google|youtube|vimeo|dribbble|github|instagram|pinterest|vk|rss|flickr|bitbucket|tabler|dark|light|white|black|info|success|warning|danger|primary|secondary)(?![a-z])/;
const OTHER_THEMES = /\[data-bs-theme/;
const WIDE = /-(?:xl|xxl)(?![a-z])/;

/** Whether one selector of a rule stays. */
function stays(selector) {
  if (OTHER_THEMES.test(selector) || WIDE.test(selector) || HUES.test(selector)) return false;
  const names = [...selector.matchAll(/\.([a-z]+)/g)].map((found) => found[1]);
  return names.length === 0 ? !/^\[data-vc/.test(selector.trim()) : names.every((name) => FAMILIES.has(name));
}

/** Splits a selector list at the commas outside brackets. */
function selectors(list) {
  const parts = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < list.length; i++) {
    if ("([".includes(list[i])) depth++;
    else if (")]".includes(list[i])) depth--;
    else if (list[i] === "," && depth === 0) {
      parts.push(list.slice(from, i));
      from = i + 1;
    }
  }
  return [...parts, list.slice(from)];
}

/** Index just after the brace that closes the block opened at `open`; quoted text is passed over. */
function closing(css, open) {
  let depth = 0;
  let quote = "";
  for (let i = open; i < css.length; i++) {
    const sign = css[i];
    if (quote) {
      if (sign === "\\") i++;
      else if (sign === quote) quote = "";
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "{") depth++;
    else if (sign === "}" && --depth === 0) return i + 1;
  }
  throw new Error("Tabler's style sheet has a block that is never closed");
}

/** The part of a style sheet that stays. */
export function sift(css) {
  let kept = "";
  let at = 0;
  while (at < css.length) {
    const open = css.indexOf("{", at);
    if (open < 0) break;
    const end = closing(css, open);
    const head = css.slice(at, open).replace(/^[\s\S]*;/, "").replace(/\/\*[\s\S]*?\*\//g, "").trim();
    const body = css.slice(open + 1, end - 1);
    if (/^@(media|supports)/.test(head)) {
      const inner = sift(body);
      if (inner) kept += `${head}{${inner}}`;
    } else if (head.startsWith("@keyframes")) {
      if (/progress|spinner/.test(head)) kept += `${head}{${body}}`;
    } else if (!head.startsWith("@")) {
      const left = selectors(head).filter(stays);
      if (left.length) kept += `${left.join(",")}{${body}}`;
    }
    at = end;
  }
  return kept;
}

export const keepTablerParts = {
  name: "keep-tabler-parts",
  setup(build) {
    build.onLoad({ filter: /@tabler[\\/]core[\\/]dist[\\/]css[\\/]tabler\.min\.css$/ }, async ({ path }) => ({
      contents: sift(await readFile(path, "utf8")),
      loader: "css",
    }));
  },
};
