// The standard as the server sends it (the tables of its text), and what the editor does with it. No page in here.

export type Path = readonly (string | number)[];
export type Number_ = number | string;

export interface Head {
  kind: string;
  levels: string[];
  related?: string[];
  directions?: string[];
  [name: string]: unknown;
}
export interface Topic { topic: string; points: string[] }
export interface Basics { ethics: string[]; knowledge: Topic[] }
export interface Condition { level: string; seq: number; [name: string]: unknown }
export interface Content { code: string; name: string; skills: string[]; knowledge: string[] }
export interface WorkFunction { level: string; direction?: string; code: string; name: string; content: Content[] }
export interface WeightRow { name: string; weight: Number_ }
export interface Column { part: string; level: string; direction?: string; rows: WeightRow[] }
export interface Part { kind: string; methods: string[]; minutes?: Number_; marks?: Number_; pass_mark?: Number_ }
export interface Design { level: string; part: Part[]; [name: string]: unknown }
export interface Aspect { code: string; name: string; marks: Number_; kind: string; descriptor: string }
export interface Task { level: string; part?: string; direction?: string; title: string; minutes?: Number_; aspect: Aspect[] }
export interface Crosswalk { level: string; counts_as: string }

export interface Standard {
  standard: Head;
  profile: Record<string, unknown> & { training?: Record<string, Number_> };
  basics: Basics;
  condition: Condition[];
  function: WorkFunction[];
  weights: Column[];
  design: Design[];
  task: Task[];
  crosswalk: Crosswalk[];
}

export interface Given {
  partsOf: Record<string, { possible: string[]; required: string[] }>;
  design: Record<string, number>;
  ethics: string;
  basic: string;
}

type Levelled = { level: string };
const STAR = "★";

/** The data with every list there, so that the sections need not ask; the text leaves empty ones out again. */
export function whole(raw: Partial<Standard>, given: Given): Standard {
  const basics = raw.basics as Partial<Basics> | undefined;
  const found: Standard = {
    standard: raw.standard ?? { kind: "national", levels: [] },
    profile: raw.profile ?? {},
    basics: { ethics: basics?.ethics ?? [], knowledge: basics?.knowledge ?? [] },
    condition: raw.condition ?? [],
    function: raw.function ?? [],
    weights: raw.weights ?? [],
    design: raw.design ?? [],
    task: raw.task ?? [],
    crosswalk: raw.crosswalk ?? [],
  };
  for (const level of found.standard.levels) if (!found.design.some((one) => one.level === level)) furnish(found, level, given);
  return found;
}

/** What every level needs, empty: one way in, a design with its parts, and in an enterprise's specification what it counts as. */
export function furnish(of: Standard, level: string, given: Given): void {
  const parts = given.partsOf[level]?.required ?? [];
  if (!of.condition.some((one) => one.level === level)) of.condition.push({ level, seq: 1, clause: "P3" });
  of.design.push(newDesign(level, given));
  for (const part of parts)
    if (part !== "review" && !of.weights.some((one) => one.level === level && one.part === part)) of.weights.push({ part, level, rows: [] });
  if (of.standard.kind === "evaluation" && !of.crosswalk.some((one) => one.level === level))
    of.crosswalk.push({ level, counts_as: /^[1-5]$/.test(level) ? level : "" });
}

export function newDesign(level: string, given: Given): Design {
  const parts = given.partsOf[level]?.required ?? [];
  const { committee, ...rest } = given.design;
  const review = parts.includes("review");
  return { level, ...rest, ...(review ? { committee } : {}), part: parts.map((kind) => ({ kind, methods: [], minutes: 60 })) };
}

/** Moves a row among its neighbours; nothing happens at the ends. Tells where it is now. */
export function move<T>(list: T[], at: number, by: number): number {
  const to = at + by;
  if (at < 0 || at >= list.length || to < 0 || to >= list.length) return at;
  list.splice(to, 0, ...list.splice(at, 1));
  return to;
}

/** The place of the next row of the same level in that direction, or -1: rows of all levels stand in one list. */
export function neighbour<T extends Levelled>(list: readonly T[], at: number, by: 1 | -1): number {
  const level = list[at]?.level;
  for (let to = at + by; to >= 0 && to < list.length; to += by) if (list[to]?.level === level) return to;
  return -1;
}

/** Changes a row with its neighbour of the same level. Tells where it is now. */
export function moveLevelled<T extends Levelled>(list: T[], at: number, by: 1 | -1): number {
  const to = neighbour(list, at, by);
  const [one, other] = [list[at], list[to]];
  if (to < 0 || !one || !other) return at;
  list[at] = other;
  list[to] = one;
  return to;
}

/** The rows of a level with their places in the whole list. */
export function ofLevel<T extends Levelled>(list: readonly T[], level: string): { row: T; at: number }[] {
  return list.map((row, at) => ({ row, at })).filter(({ row }) => row.level === level);
}

/** After the last row of its level, so that the list stays in the order in which it is shown. */
export function insertLevelled<T extends Levelled>(list: T[], row: T): number {
  const last = list.map((one) => one.level).lastIndexOf(row.level);
  const at = last < 0 ? list.length : last + 1;
  list.splice(at, 0, row);
  return at;
}

/** Hundredths, so that 33.3 three times and 0.1 are 100; null when it is no number. */
export function hundredths(value: unknown): number | null {
  const text = String(value ?? "").trim();
  return /^\d{1,9}(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : null;
}

/** The sum of what can be read as numbers, written without needless noughts. */
export function sum(values: readonly unknown[]): string {
  return said(values.reduce<number>((total, value) => total + (hundredths(value) ?? 0), 0));
}

/** By how much a sum misses what it should be: less than nought lacks, more is over. */
export function off(values: readonly unknown[], whole_: unknown): { by: number; text: string } {
  const by = (hundredths(sum(values)) ?? 0) - (hundredths(whole_) ?? 0);
  return { by, text: said(Math.abs(by)) };
}

function said(found: number): string {
  return String(found / 100);
}

// "2.5 kW …" is a quantity, "1.2 能…" an outline number: a number is taken off only before Chinese.
const OUTLINE = /^(?:[•·*–-]\s*|(?:(?:\d{1,2}[.．]){1,3}\d{0,2}\s*|\d{1,2}\s*[、)）]\s*|[（(]\d{1,2}[)）]\s*)(?=[^\x00-\x7f]))/;

/** What was pasted as rows: blank lines dropped, bullets and outline numbers taken off. */
export function lines(text: string): string[] {
  return text.split(/\r\n|\r|\n/).map((line) => line.trim().replace(OUTLINE, "")).filter((line) => line !== "");
}

/** Puts pasted rows into a list in place of the row at hand: what stood before and after the mark stays around them. */
export function paste(list: string[], at: number, before: string, pasted: readonly string[], after: string): number {
  const rows = [...pasted];
  if (rows.length === 0) return at;
  rows[0] = before + rows[0];
  rows[rows.length - 1] += after;
  list.splice(at, 1, ...rows);
  return at + rows.length - 1;
}

export function starred(text: string): boolean {
  return text.startsWith(STAR);
}

export function withStar(text: string, on: boolean): string {
  const plain = starred(text) ? text.slice(STAR.length) : text;
  return on ? STAR + plain : plain;
}

export function bare(text: string): string {
  return withStar(text, false);
}

/** A number as it is sent: whole ones as numbers, others as typed, so that the server can say what is wrong with them. */
export function number(text: string): Number_ | undefined {
  const typed = text.trim();
  if (typed === "") return undefined;
  return /^\d{1,6}$/.test(typed) ? Number(typed) : typed;
}

/** The conditions of a level are numbered from 1 in their order. */
export function renumberConditions(of: Standard, level: string): void {
  ofLevel(of.condition, level).forEach(({ row }, place) => (row.seq = place + 1));
}

/** Work contents carry the number of their function and their place in it. */
export function renumberContents(one: WorkFunction): void {
  one.content.forEach((content, place) => (content.code = `${one.code}.${place + 1}`));
}

/** The functions of a level from 1 on, if they were numbered so; numbers of the author's own kind stay. */
export function renumberFunctions(of: Standard, level: string): void {
  const rows = ofLevel(of.function, level);
  if (!rows.every(({ row }) => /^\d{1,2}$/.test(row.code))) return;
  rows.forEach(({ row }, place) => {
    row.code = String(place + 1);
    renumberContents(row);
  });
}

/** The weights of a function follow its new name. Not while the name is empty or that of another one. */
export function renameFunction(of: Standard, one: WorkFunction, before: string): boolean {
  const others = of.function.filter((other) => other !== one && other.level === one.level).map((other) => other.name);
  if (one.name === "" || others.includes(one.name)) return false;
  if (!others.includes(before))
    for (const column of of.weights)
      if (column.level === one.level) for (const row of column.rows) if (row.name === before) row.name = one.name;
  return true;
}

/** What is written for a direction follows its new name. */
export function renameDirection(of: Standard, before: string, now: string): boolean {
  const names = of.standard.directions ?? [];
  if (before === "" || now === "" || names.filter((name) => name === now).length > 1) return false;
  for (const rows of [of.function, of.weights, of.task]) for (const row of rows) if (row.direction === before) row.direction = now;
  return true;
}

export interface Grid {
  columns: { column: Column; at: number }[];
  names: string[];
}

/** The weight table of a part: its columns, and a row for each name in the order of the text. */
export function gridOf(of: Standard, part: string, levels: readonly string[], given: Given): Grid {
  const columns = of.weights
    .map((column, at) => ({ column, at }))
    .filter(({ column }) => column.part === part && levels.includes(column.level));
  const names = new Set(part === "theory" ? [given.ethics, given.basic] : []);
  for (const one of of.function) if (levels.includes(one.level) && one.name) names.add(one.name);
  for (const { column } of columns) for (const row of column.rows) names.add(row.name);
  return { columns, names: [...names] };
}

/** Whether a name may stand in a column: ethics and basic knowledge, and what the level does in this direction. */
export function fits(of: Standard, column: Column, name: string, given: Given): boolean {
  if (column.part === "theory" && (name === given.ethics || name === given.basic)) return true;
  return of.function.some(
    (one) => one.level === column.level && one.name === name && (!one.direction || !column.direction || one.direction === column.direction),
  );
}

/** Writes a weight into its column: a new row goes to its place in the order of the names, an empty one goes away. */
export function weigh(column: Column, name: string, text: string, names: readonly string[]): void {
  const at = column.rows.findIndex((row) => row.name === name);
  const weight = text.trim();
  if (weight === "") {
    if (at >= 0) column.rows.splice(at, 1);
    return;
  }
  const value = number(weight) ?? weight;
  const row = column.rows[at];
  if (row) {
    row.weight = value;
    return;
  }
  const place = names.indexOf(name);
  const next = column.rows.findIndex((other) => names.indexOf(other.name) > place);
  column.rows.splice(next < 0 ? column.rows.length : next, 0, { name, weight: value });
}

/** The next free number of a score sheet: A1, A2, … */
export function nextCode(codes: readonly string[]): string {
  const last = codes[codes.length - 1] ?? "A0";
  const found = /^(\D*)(\d+)$/.exec(last);
  for (let number_ = found ? Number(found[2]) + 1 : 1; ; number_++) {
    const code = `${found?.[1] ?? "A"}${number_}`;
    if (!codes.includes(code)) return code;
  }
}

/** Takes rows away and gives back what puts them where they were. The last first, so that the places stay right. */
export function take(rows: readonly (readonly [unknown[], number])[]): () => void {
  const taken = [...rows].sort((one, other) => other[1] - one[1]).map(([list, at]) => ({ list, at, row: list.splice(at, 1)[0] }));
  return () => {
    for (const { list, at, row } of [...taken].reverse()) list.splice(Math.min(at, list.length), 0, row);
  };
}

/** Everything that is written for a level. */
export function rowsOfLevel(of: Standard, level: string): (readonly [unknown[], number])[] {
  const lists: Levelled[][] = [of.condition, of.function, of.weights, of.design, of.task, of.crosswalk];
  return lists.flatMap((list) => ofLevel(list, level).map(({ at }) => [list, at] as const));
}
