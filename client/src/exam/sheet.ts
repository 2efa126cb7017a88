// The candidate's sheet: what is shown, what is given, marked and seen. No page, no line: only what is true.

import type { Item } from "./wire.ts";

export interface Cell { readonly answered: boolean; readonly marked: boolean; readonly seen: boolean }

/** What stands on the screen at once: an item, or a case with its parts; `from` up to `to` are the places answered there. */
export interface Leaf { readonly whole: Item; readonly from: number; readonly to: number }

export type Way = "one" | "many" | "texts" | "number" | "pairs" | "order" | "points" | "open";

const WAYS: Readonly<Record<string, Way>> = {
  single: "one", judgement: "one", multiple: "many", fill: "texts", numeric: "number", matching: "pairs", ordering: "order",
  hotspot: "points", short: "open", calculation: "open", essay: "open",
};

/** How an item is answered. */
export function wayOf(item: Item): Way { return WAYS[item.kind] ?? "one"; }

export class Sheet {
  /** What is answered on its own, in order: items, and of a case its parts. */
  readonly units: readonly Item[];
  readonly leaves: readonly Leaf[];
  private at = 0;
  private readonly answers: Map<string, readonly string[]>;
  private readonly flags: Set<string>;
  private readonly seen = new Set<string>();

  constructor(items: readonly Item[], answers: Readonly<Record<string, readonly string[]>>, flags: readonly string[]) {
    let from = 0;
    const parts = items.map((whole) => whole.parts ?? [whole]);
    this.units = parts.flat();
    this.leaves = items.map((whole, number) => ({ whole, from, to: (from += parts[number]?.length ?? 0) }));
    this.answers = new Map(Object.entries(answers).filter(([, keys]) => keys.length > 0));
    this.flags = new Set(flags);
    this.go(Math.max(0, this.units.findIndex((unit) => !this.answers.has(unit.id))));
  }

  /** The place of the unit that is looked at, from 0. */
  get place(): number { return this.at; }

  get unit(): Item { return this.units[this.at] as Item; }

  /** The leaf the unit stands on. */
  get leaf(): Leaf { return this.leaves.find((leaf) => this.at < leaf.to) as Leaf; }

  get marked(): boolean { return this.flags.has(this.unit.id); }

  /** What is given at a unit. */
  given(id: string): readonly string[] { return this.answers.get(id) ?? []; }

  /** Look at another unit; false when there is none there. All of its leaf is then seen. */
  go(place: number): boolean {
    if (place < 0 || place >= this.units.length) return false;
    this.at = place;
    for (const unit of this.units.slice(this.leaf.from, this.leaf.to)) this.seen.add(unit.id);
    return true;
  }

  /** The place where the next leaf begins, or the one before; -1 when there is none. */
  beside(by: 1 | -1): number { return this.leaves[this.leaves.indexOf(this.leaf) + by]?.from ?? -1; }

  /** What the choice becomes when this option is picked: several may stand, or one replaces the other. */
  picking(unit: Item, key: string): readonly string[] {
    if (wayOf(unit) !== "many") return [key];
    const given = this.given(unit.id);
    // The order of the item's options, so that the same choice is always the same answer.
    return unit.options.map((option) => option.key).filter((one) => (one === key ? !given.includes(key) : given.includes(one)));
  }

  answer(id: string, keys: readonly string[]): void {
    if (keys.length === 0) this.answers.delete(id);
    else this.answers.set(id, keys);
  }

  mark(id: string, on: boolean): void {
    if (on) this.flags.add(id);
    else this.flags.delete(id);
  }

  cell(place: number): Cell {
    const { id } = this.units[place] as Item;
    return { answered: this.answers.has(id), marked: this.flags.has(id), seen: this.seen.has(id) };
  }

  /** Places of the units without an answer, and of those marked. */
  open(): { unanswered: number[]; marked: number[] } {
    const places = [...this.units.keys()];
    return {
      unanswered: places.filter((place) => !this.cell(place).answered),
      marked: places.filter((place) => this.cell(place).marked),
    };
  }

  placeOf(id: string): number { return this.units.findIndex((unit) => unit.id === id); }
}

export type Act = { readonly do: "choose"; readonly option: number } | { readonly do: "go"; readonly by: 1 | -1 } | { readonly do: "mark" };

interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly repeat?: boolean;
  readonly isComposing?: boolean;
}

/** What a key press means; null when it belongs to the browser. `writing`: the person is in a field that takes keys. */
export function meaning(press: Press, writing = false): Act | null {
  if (writing || press.isComposing === true || press.ctrlKey || press.metaKey || press.altKey) return null;
  if (press.key === "ArrowRight") return { do: "go", by: 1 };
  if (press.key === "ArrowLeft") return { do: "go", by: -1 };
  if (press.repeat === true) return null;
  if (/^[1-9]$/.test(press.key)) return { do: "choose", option: Number(press.key) - 1 };
  if (press.key === "m" || press.key === "M") return { do: "mark" };
  return null;
}
