// The candidate's sheet: which item is shown, what is chosen, marked and seen. No page, no line: only what is true.

import type { Item } from "./wire.ts";

export interface Cell { readonly answered: boolean; readonly marked: boolean; readonly seen: boolean }

export class Sheet {
  private at = 0;
  private readonly answers: Map<string, readonly string[]>;
  private readonly flags: Set<string>;
  private readonly seen = new Set<string>();

  constructor(readonly items: readonly Item[], answers: Readonly<Record<string, readonly string[]>>, flags: readonly string[]) {
    this.answers = new Map(Object.entries(answers).filter(([, keys]) => keys.length > 0));
    this.flags = new Set(flags);
    const first = items.findIndex((item) => !this.answers.has(item.id));
    this.go(Math.max(0, first));
  }

  /** The place of the item shown, from 0. */
  get place(): number { return this.at; }

  get item(): Item { return this.items[this.at] as Item; }

  /** What is chosen at the item shown. */
  get keys(): readonly string[] { return this.answers.get(this.item.id) ?? []; }

  get marked(): boolean { return this.flags.has(this.item.id); }

  /** Show another item; false when there is none there. */
  go(place: number): boolean {
    if (place < 0 || place >= this.items.length) return false;
    this.at = place;
    this.seen.add(this.item.id);
    return true;
  }

  /** What the choice becomes when this option is picked: several may stand, or one replaces the other. */
  picking(key: string): readonly string[] {
    const item = this.item;
    if (item.kind !== "multiple") return [key];
    // The order of the item's options, so that the same choice is always the same answer.
    return item.options.map((option) => option.key).filter((one) => (one === key ? !this.keys.includes(key) : this.keys.includes(one)));
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
    const { id } = this.items[place] as Item;
    return { answered: this.answers.has(id), marked: this.flags.has(id), seen: this.seen.has(id) };
  }

  /** Places of the items without an answer, and of those marked. */
  open(): { unanswered: number[]; marked: number[] } {
    const places = [...this.items.keys()];
    return {
      unanswered: places.filter((place) => !this.cell(place).answered),
      marked: places.filter((place) => this.cell(place).marked),
    };
  }

  placeOf(id: string): number { return this.items.findIndex((item) => item.id === id); }
}

export type Act = { readonly do: "choose"; readonly option: number } | { readonly do: "go"; readonly by: 1 | -1 } | { readonly do: "mark" };

interface Press { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean; readonly altKey: boolean; readonly repeat?: boolean }

/** What a key press means; null when it belongs to the browser. */
export function meaning(press: Press): Act | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (press.key === "ArrowRight") return { do: "go", by: 1 };
  if (press.key === "ArrowLeft") return { do: "go", by: -1 };
  if (press.repeat === true) return null;
  if (/^[1-9]$/.test(press.key)) return { do: "choose", option: Number(press.key) - 1 };
  if (press.key === "m" || press.key === "M") return { do: "mark" };
  return null;
}
