// An element table as a tree, and what the editor does with it. No page in here.
import { hundredths, off, sum } from "../editor/model.ts";

export const FULL = 100;
export const DEEPEST = 3;
export type Letter = "X" | "Y" | "Z";

export interface Point { code: string; name: string; importance: string; was?: string }
export interface Node { code: string; name: string; weight: string; children: Node[]; points: Point[] }
/** Rows as the fields of the form carry them. */
export interface RangeRow { code: string; name: string; weight: string | number; parent?: string }
export interface PointRow { code: string; range: string; name: string; importance: string }
export interface Limits { X: number; Y: number; Z: number; perWeight: number; points: number }
/** Something that is wrong or lacking; `on` is what it is said at, none for the whole table. */
export interface Finding { on: Node | Point | null; word: string; places: Record<string, string | number> }

/** The tree of the rows. What names a range that is not there stands on the first level, so that nothing is lost. */
export function tree(ranges: readonly RangeRow[], points: readonly PointRow[]): Node[] {
  const nodes = new Map<string, Node>();
  const top: Node[] = [];
  for (const row of ranges) {
    const made: Node = { code: String(row.code ?? ""), name: String(row.name ?? ""), weight: String(row.weight ?? ""), children: [], points: [] };
    const above = row.parent ? nodes.get(String(row.parent)) : undefined;
    (above?.children ?? top).push(made);
    nodes.set(made.code, made);
  }
  for (const row of points) {
    let node = nodes.get(String(row.range ?? ""));
    if (!node) {
      node = { code: String(row.range ?? ""), name: "", weight: "", children: [], points: [] };
      top.push(node);
      nodes.set(node.code, node);
    }
    const code = String(row.code ?? "");
    node.points.push({ code, name: String(row.name ?? ""), importance: String(row.importance ?? "X"), was: code });
  }
  return top;
}

/** The rows of a tree, each range before what lies below it. */
export function rowsOf(top: readonly Node[]): { ranges: RangeRow[]; points: PointRow[] } {
  const ranges: RangeRow[] = [];
  const points: PointRow[] = [];
  for (const { node, parent } of walk(top)) {
    ranges.push({ code: node.code.trim(), name: node.name.trim(), weight: node.weight.trim(), parent: parent?.code.trim() ?? "" });
    for (const point of node.points) points.push({ code: point.code.trim(), range: node.code.trim(), name: point.name.trim(), importance: point.importance });
  }
  return { ranges, points };
}

export interface Step { node: Node; parent: Node | null; depth: number; siblings: Node[]; at: number }

/** Every range of a tree from the top down, with where it stands. */
export function* walk(siblings: readonly Node[], parent: Node | null = null, depth = 1): Generator<Step> {
  for (const [at, node] of siblings.entries()) {
    yield { node, parent, depth, siblings: siblings as Node[], at };
    yield* walk(node.children, node, depth + 1);
  }
}

export function stepOf(top: readonly Node[], node: Node): Step | undefined {
  for (const step of walk(top)) if (step.node === node) return step;
  return undefined;
}

/** Moves a range among its neighbours; past the first or last of them into the range before or after the one above. */
export function moveRange(top: Node[], node: Node, by: 1 | -1): boolean {
  const step = stepOf(top, node);
  if (!step) return false;
  const to = step.at + by;
  if (to >= 0 && to < step.siblings.length) {
    step.siblings.splice(to, 0, ...step.siblings.splice(step.at, 1));
    return true;
  }
  const above = step.parent && stepOf(top, step.parent);
  const next = above?.siblings[above.at + by];
  // points belong to the last level: a range that has some takes no range in
  if (!next || next.points.length > 0) return false;
  step.siblings.splice(step.at, 1);
  if (by < 0) next.children.push(node);
  else next.children.unshift(node);
  return true;
}

/** Moves a point within its range, past its ends into the neighbouring range of the last level. */
export function movePoint(top: readonly Node[], node: Node, point: Point, by: 1 | -1): Node {
  const at = node.points.indexOf(point);
  const to = at + by;
  if (to >= 0 && to < node.points.length) {
    node.points.splice(to, 0, ...node.points.splice(at, 1));
    return node;
  }
  const leaves = [...walk(top)].map((step) => step.node).filter((each) => each.children.length === 0);
  const next = leaves[leaves.indexOf(node) + by];
  if (!next) return node;
  node.points.splice(at, 1);
  if (by < 0) next.points.push(point);
  else next.points.unshift(point);
  return next;
}

/** A code that nobody has, one after the last of those given, which all stand under `prefix`. */
export function nextCode(last: string | undefined, fallback: string, taken: ReadonlySet<string>): string {
  let code = last ? after(last) : fallback;
  for (let guard = 0; taken.has(code) && guard < 2_000; guard++) code = after(code);
  return code;
}

function after(code: string): string {
  const digits = /^(.*?)(\d{1,9})$/.exec(code);
  if (digits) return `${digits[1]}${String(Number(digits[2]) + 1).padStart((digits[2] ?? "").length, "0")}`;
  const letter = /^(.*)([A-Ya-y])$/.exec(code);
  if (letter) return `${letter[1]}${String.fromCharCode((letter[2] ?? "A").charCodeAt(0) + 1)}`;
  return `${code}1`;
}

export function codesOf(top: readonly Node[]): { ranges: Set<string>; points: Set<string> } {
  const steps = [...walk(top)];
  return { ranges: new Set(steps.map(({ node }) => node.code)), points: new Set(steps.flatMap(({ node }) => node.points.map((point) => point.code))) };
}

export function newRange(top: Node[], under: Node | null): Node {
  const siblings = under ? under.children : top;
  const last = siblings[siblings.length - 1];
  const made: Node = { code: nextCode(last?.code, under ? `${under.code}1` : "A", codesOf(top).ranges), name: "", weight: "", children: [], points: [] };
  siblings.push(made);
  return made;
}

export function newPoint(top: Node[], node: Node, at = node.points.length): Point {
  const last = node.points[at - 1] ?? node.points[node.points.length - 1];
  const made: Point = { code: nextCode(last?.code, `${node.code}-001`, codesOf(top).points), name: "", importance: "X" };
  node.points.splice(at, 0, made);
  return made;
}

/** Lines copied from a workbook as points: code, name, importance where they can be told apart; null when it is one word. */
export function pasted(text: string): { code: string; name: string; importance: string }[] | null {
  const lines = text.replace(/\r/g, "").split("\n").map((line) => line.trim()).filter(Boolean);
  if (lines.length < 2 && !text.includes("\t")) return null;
  return lines.map((line) => {
    const cells = line.split("\t").map((cell) => cell.trim()).filter(Boolean);
    const last = cells[cells.length - 1] ?? "";
    const importance = cells.length > 1 && /^[XYZxyz]$/.test(last) ? (cells.pop() as string).toUpperCase() : "X";
    const code = cells.length > 1 && /^[\w.-]{1,30}$/.test(cells[0] ?? "") ? (cells.shift() as string) : "";
    return { code, name: cells.join(" "), importance };
  });
}

/** The weights of the ranges below one (of the first level without one), against what they should add up to. */
export function balance(top: readonly Node[], node: Node | null): { sum: string; by: number; text: string; whole: string } {
  const values = (node ? node.children : top).map((each) => each.weight);
  const whole = node ? node.weight : String(FULL);
  return { sum: sum(values), ...off(values, whole), whole };
}

/** What keeps the server from taking the table. */
export function wrongs(top: readonly Node[]): Finding[] {
  const found: Finding[] = [];
  const say = (on: Finding["on"], word: string, places: Finding["places"] = {}): void => void found.push({ on, word, places });
  const times = { range: new Map<string, number>(), point: new Map<string, number>() };
  const steps = [...walk(top)];
  const count = (map: Map<string, number>, code: string): void => void map.set(code, (map.get(code) ?? 0) + 1);
  for (const { node } of steps) {
    count(times.range, node.code.trim());
    for (const point of node.points) count(times.point, point.code.trim());
  }
  if (steps.length > 0 && balance(top, null).by !== 0) say(null, "sumOf", { n: balance(top, null).sum });
  const row = (on: Node | Point, map: Map<string, number>): void => {
    const code = on.code.trim();
    if (!code) say(on, "noCode", { name: on.name });
    else if ((map.get(code) ?? 0) > 1) say(on, "twice", { code, n: map.get(code) ?? 0 });
    if (!on.name.trim()) say(on, "noName", { code });
  };
  for (const { node } of steps) {
    row(node, times.range);
    if (!((hundredths(node.weight) ?? 0) > 0)) say(node, "noWeight", { code: node.code });
    else if (node.children.length > 0 && balance(top, node).by !== 0) say(node, "sumBelow", { code: node.code, n: balance(top, node).sum, whole: node.weight });
    for (const point of node.points) row(point, times.point);
  }
  return found;
}

/** What a usable table lacks: the same limits as the server's warnings. */
export function suggestions(top: readonly Node[], limits: Limits): Finding[] {
  const found: Finding[] = [];
  const letters: string[] = [];
  for (const { node } of walk(top)) {
    letters.push(...node.points.map((point) => point.importance));
    if (node.children.length > 0) continue;
    const places = { code: node.code, name: node.name, n: node.points.length };
    const least = Math.ceil(((hundredths(node.weight) ?? 0) * limits.perWeight) / 100);
    if (node.points.length === 0) found.push({ on: node, word: "noPoints", places });
    else if (node.points.length < least) found.push({ on: node, word: "few", places: { ...places, least } });
  }
  if (letters.length === 0) return found;
  if (letters.length < limits.points) found.push({ on: null, word: "fewer", places: { n: letters.length, least: limits.points } });
  for (const letter of ["X", "Y", "Z"] as const) {
    const share = (100 * letters.filter((each) => each === letter).length) / letters.length;
    const places = { letter, n: String(Number(share.toFixed(1))), limit: limits[letter] };
    if (letter === "X" ? share < limits.X : share > limits[letter]) found.push({ on: null, word: letter === "X" ? "shareLeast" : "shareMost", places });
  }
  return found;
}

/** Points that had items and are there no more, by their codes. */
export function forsaken(top: readonly Node[], items: Readonly<Record<string, number>>): Finding[] {
  const there = codesOf(top).points;
  return Object.entries(items).filter(([code]) => code && !there.has(code)).map(([code, n]) => {
    const on = [...walk(top)].flatMap(({ node }) => node.points).find((point) => point.was === code) ?? null;
    return { on, word: "held", places: { code, n } };
  });
}
