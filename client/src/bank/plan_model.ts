// A plan of composition as its text says it, read into rows and written back. No page in here.
import { hundredths, sum } from "../editor/model.ts";

export const TOTAL = 100;
export const GRADES = ["1", "2", "3", "4", "5"] as const;
export const LETTERS = ["X", "Y", "Z"] as const;
export type How = "free" | "counts" | "shares" | "bounds";

export interface KindLine { kind: string; count: string; marks: string }
export interface RangeLine { code: string; weight: string; count: string }
export interface SplitRows { how: How; value: Record<string, string>; most: Record<string, string>; tolerance: string }
export interface Plan {
  kinds: KindLine[];
  /** None: the weights of the element table. */
  ranges: RangeLine[] | null;
  difficulty: SplitRows;
  importance: SplitRows;
  numbers: Record<NumberName, string>;
  mode: string;
  /** What the editor does not show and hands back as it was. */
  kept: Record<string, unknown>;
}
export const NUMBERS = ["minutes", "pass_mark", "papers", "overlap", "exposure_cap", "per_point", "uses"] as const;
export type NumberName = (typeof NUMBERS)[number];
export interface TableRange { code: string; name: string; weight: string; parent?: string }
export type Holding = readonly [kind: string, range: string, count: number];

function text(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

/** Rows of a list of objects, of lists in the order of `keys`, or of an object with a number for each name. */
function rows(raw: unknown, keys: readonly string[]): Record<string, unknown>[] {
  if (Array.isArray(raw)) return raw.map((row) => (Array.isArray(row) ? Object.fromEntries(keys.map((key, at) => [key, row[at]])) : ((row ?? {}) as Record<string, unknown>)));
  if (raw && typeof raw === "object") return Object.entries(raw).map(([name, value]) => ({ [keys[0] as string]: name, [keys[1] as string]: value }));
  return [];
}

function splitOf(raw: unknown, marks: readonly string[]): SplitRows {
  const found: SplitRows = { how: "free", value: {}, most: {}, tolerance: "" };
  if (!raw || typeof raw !== "object") return found;
  const given = raw as Record<string, unknown>;
  const how = (["counts", "shares", "bounds"] as const).find((name) => name in given);
  if (!how) return found;
  found.how = how;
  found.tolerance = text(given.tolerance);
  const table = (given[how] ?? {}) as Record<string, unknown>;
  for (const mark of marks) {
    const value = table[mark];
    if (how === "bounds") [found.value[mark], found.most[mark]] = Array.isArray(value) ? [text(value[0]), text(value[1])] : ["", ""];
    else found.value[mark] = text(value);
  }
  return found;
}

/** A plan from its text; null when the text is no plan at all. */
export function planOf(raw: unknown): Plan | null {
  if (!raw || typeof raw !== "object" || Array.isArray(raw)) return null;
  const { kinds, ranges, difficulty, importance, mode, ...rest } = raw as Record<string, unknown>;
  const numbers = {} as Record<NumberName, string>;
  for (const name of NUMBERS) {
    numbers[name] = text(rest[name]);
    delete rest[name];
  }
  return {
    kinds: rows(kinds, ["kind", "count", "marks"]).map((row) => ({ kind: text(row.kind), count: text(row.count), marks: "marks" in row && row.marks !== undefined ? text(row.marks) : "1" })),
    ranges: ranges === undefined || ranges === null ? null : rows(ranges, ["code", "weight", "count"]).map((row) => ({ code: text(row.code), weight: text(row.weight), count: text(row.count) })),
    difficulty: splitOf(difficulty, GRADES),
    importance: splitOf(importance, LETTERS),
    numbers,
    mode: text(mode) || "one",
    kept: rest,
  };
}

export function blank(passMark: number): Plan {
  const found = planOf({ kinds: [{ kind: "single", count: "", marks: "1" }], minutes: 90, pass_mark: passMark, mode: "one" });
  return found as Plan;
}

/** A whole number as a number, anything else as it was typed: the server says what is wrong with it. */
function whole(value: string): number | string | undefined {
  const trimmed = value.trim();
  return trimmed === "" ? undefined : /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : trimmed;
}

function decimal(value: string): number | string | undefined {
  const trimmed = value.trim();
  return trimmed === "" ? undefined : /^\d{1,9}(\.\d{1,4})?$/.test(trimmed) ? Number(trimmed) : trimmed;
}

function without<T extends Record<string, unknown>>(row: T): Partial<T> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function splitText(of: SplitRows, marks: readonly string[]): unknown {
  if (of.how === "free") return undefined;
  const table: Record<string, unknown> = {};
  for (const mark of marks) {
    const value = of.value[mark]?.trim() ?? "";
    if (of.how === "bounds") {
      const most = of.most[mark]?.trim() ?? "";
      // a mark without bounds may stand as often as it likes, which is what its absence says
      if (value || most) table[mark] = [whole(value) ?? 0, whole(most) ?? ""];
    } else table[mark] = (of.how === "counts" ? whole(value) : decimal(value)) ?? 0;
  }
  return without({ [of.how]: table, tolerance: of.how === "bounds" ? undefined : whole(of.tolerance) });
}

/** The text of a plan, as the server reads it. */
export function textOf(of: Plan): Record<string, unknown> {
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, name === "pass_mark" ? decimal(of.numbers[name]) : whole(of.numbers[name])]));
  if (of.mode !== "library") delete numbers.papers;
  return without({
    mode: of.mode,
    kinds: of.kinds.map((row) => ({ kind: row.kind, count: whole(row.count) ?? 0, marks: row.marks.trim() || "0" })),
    ranges: of.ranges?.map((row) => without({ code: row.code, weight: row.weight.trim() || "0", count: whole(row.count) })),
    difficulty: splitText(of.difficulty, GRADES),
    importance: splitText(of.importance, LETTERS),
    ...numbers,
    ...of.kept,
  });
}

export function count(value: string): number {
  return /^\d{1,6}$/.test(value.trim()) ? Number(value) : 0;
}

export function size(of: Plan): number {
  return of.kinds.reduce((total, row) => total + count(row.count), 0);
}

/** The marks of a line, or of all lines; hundredths, so that 0.5 sixty times is 30. */
export function marksOf(lines: readonly KindLine[]): string {
  return sum(lines.map((line) => String((count(line.count) * (hundredths(line.marks) ?? 0)) / 100)));
}

/** Ranges of the last level, which quotas count. */
export function leavesOf(ranges: readonly TableRange[]): TableRange[] {
  const parents = new Set(ranges.map((row) => row.parent ?? ""));
  return ranges.filter((row) => !parents.has(row.code));
}

/** A whole number of items by weights, the largest remainder first and the earlier of equals: as the server splits. */
export function apportion(total: number, weights: readonly number[]): number[] {
  const all = weights.reduce((one, other) => one + other, 0);
  if (all <= 0 || total < 0) return weights.map(() => 0);
  // hundredths times a number of items stay whole numbers: no remainder is lost to binary fractions
  const rest = weights.map((weight, at) => ({ at, rest: (total * weight) % all }));
  const counts = weights.map((weight) => Math.floor((total * weight) / all));
  const open = total - counts.reduce((one, other) => one + other, 0);
  for (const { at } of rest.sort((one, other) => other.rest - one.rest || one.at - other.at).slice(0, open)) counts[at] = (counts[at] ?? 0) + 1;
  return counts;
}

/** How many items of a paper each range gives. */
export function rangeCounts(of: Plan, table: readonly TableRange[]): Map<string, number> {
  const lines = of.ranges ?? leavesOf(table).map((row) => ({ code: row.code, weight: row.weight, count: "" }));
  const fixed = lines.filter((line) => line.count.trim() !== "").reduce((total, line) => total + count(line.count), 0);
  const open = lines.filter((line) => line.count.trim() === "");
  const shares = apportion(size(of) - fixed, open.map((line) => hundredths(line.weight) ?? 0));
  return new Map(lines.map((line) => [line.code, line.count.trim() === "" ? (shares[open.indexOf(line)] ?? 0) : count(line.count)]));
}

/** How many items a split asks for: exactly, or at least and at most. */
export function room(of: SplitRows, marks: readonly string[], total: number): [number, number] {
  if (of.how === "bounds")
    return marks.reduce<[number, number]>(([least, most], mark) => {
      const [low, high] = [of.value[mark]?.trim() ?? "", of.most[mark]?.trim() ?? ""];
      return [least + count(low), most + (low === "" && high === "" ? total : count(high))];
    }, [0, 0]);
  if (of.how !== "counts") return [total, total];
  const wanted = marks.map((mark) => count(of.value[mark] ?? ""));
  const slack = count(of.tolerance);
  return [wanted.reduce((all, one) => all + Math.max(0, one - slack), 0), wanted.reduce((all, one) => all + one + slack, 0)];
}

/** What does not add up; `at` is the place it is said at: kinds.0, ranges.A, minutes … A soft one does not forbid saving. */
export interface Wrong { at: string; word: string; places: Record<string, string | number>; soft?: boolean }
type Say = (at: string, word: string, places?: Wrong["places"], soft?: boolean) => void;

export function wrongs(of: Plan, given: { names: ReadonlyMap<string, string>; table: readonly TableRange[]; holdings: readonly Holding[] }): Wrong[] {
  const found: Wrong[] = [];
  const say: Say = (at, word, places = {}, soft = false) => void found.push({ at, word, places, soft });
  const name = (kind: string): string => given.names.get(kind) ?? kind;
  if (of.kinds.length === 0) say("kinds", "noKinds");
  const total = size(of);
  for (const [at, line] of of.kinds.entries()) {
    const held = given.holdings.filter(([kind]) => kind === line.kind).reduce((all, [, , n]) => all + n, 0);
    if (of.kinds.findIndex((other) => other.kind === line.kind) < at) say(`kinds.${at}`, "twice", { kind: name(line.kind) });
    else if (count(line.count) < 1) say(`kinds.${at}`, "notWhole", { name: name(line.kind), least: 1 });
    else if (count(line.count) > held) say(`kinds.${at}`, "tooFew", { kind: name(line.kind), n: count(line.count), held }, true);
    if (!((hundredths(line.marks) ?? 0) > 0)) say(`kinds.${at}`, "notMarks", { kind: name(line.kind) });
  }
  if (of.kinds.length > 0 && hundredths(marksOf(of.kinds)) !== TOTAL * 100) say("kinds", "fullMarks", { n: marksOf(of.kinds) });
  const least: Partial<Record<NumberName, number>> = { minutes: 1, papers: 1, overlap: 0, exposure_cap: 1, per_point: 1, uses: 1 };
  for (const [key, smallest] of Object.entries(least) as [NumberName, number][]) {
    const value = of.numbers[key].trim();
    if (key === "papers" && of.mode !== "library") continue;
    if (value === "" ? key === "minutes" : !/^\d{1,9}$/.test(value) || Number(value) < smallest) say(key, "notWhole", { name: key, least: smallest });
  }
  const pass = of.numbers.pass_mark.trim();
  if (pass !== "" && !(/^\d{1,3}(\.\d+)?$/.test(pass) && Number(pass) > 0 && Number(pass) <= TOTAL)) say("pass_mark", "badPass");
  rangeWrongs(of, given, total, say);
  for (const [key, marks] of [["difficulty", GRADES], ["importance", LETTERS]] as const) {
    const [low, high] = room(of[key], marks, total);
    if (low > total || high < total)
      if (low === high) say(key, "splitSum", { name: key, n: low, size: total });
      else say(key, "splitRoom", { name: key, least: low, most: high, size: total });
  }
  return found;
}

function rangeWrongs(of: Plan, given: { table: readonly TableRange[]; holdings: readonly Holding[] }, total: number, say: Say): void {
  const fixed = (of.ranges ?? []).reduce((all, line) => all + count(line.count), 0);
  if (fixed > total) say("ranges", "overGiven", { n: fixed, size: total });
  const kinds = new Set(of.kinds.map((line) => line.kind));
  for (const [code, n] of rangeCounts(of, given.table)) {
    const held = given.holdings.filter(([kind, range]) => (range === code || range.startsWith(`${code}-`)) && kinds.has(kind)).reduce((all, [, , have]) => all + have, 0);
    if (n > held) say(`ranges.${code}`, "rangeFew", { code, n, held }, true);
  }
}

/** Where a sentence of the server belongs, from what it names. */
export function placeOf(sentence: string, of: Plan): string {
  const kind = /^题型“([^”]+)”/.exec(sentence)?.[1];
  if (kind) return `kinds.${of.kinds.findIndex((line) => line.kind === kind)}`;
  const row = /^(kinds|ranges)\[(\d+)\]/.exec(sentence);
  if (row) return row[1] === "kinds" ? `kinds.${row[2]}` : `ranges.${of.ranges?.[Number(row[2])]?.code ?? ""}`;
  const range = /^鉴定范围 (\S+?) /.exec(sentence)?.[1];
  if (range) return `ranges.${range}`;
  if (/^(difficulty|难度)/.test(sentence)) return "difficulty";
  if (/^(importance|重要程度)/.test(sentence)) return "importance";
  const key = NUMBERS.find((name) => new RegExp(`\\b${name}\\b`).test(sentence));
  if (key) return key;
  if (/\bmode\b/.test(sentence)) return "mode";
  return /鉴定范围/.test(sentence) ? "ranges" : /题型/.test(sentence) ? "kinds" : "";
}
