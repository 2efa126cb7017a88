// One leaf of the paper on the page: an item, or a case with its material on top and its parts under it.

import { button, el } from "./build.ts";
import { choice } from "./choice.ts";
import { matching, ordering } from "./columns.ts";
import type { Asked, Field } from "./field.ts";
import { hotspot } from "./hotspot.ts";
import { rich } from "./rich.ts";
import { wayOf, type Sheet, type Way } from "./sheet.ts";
import { kindName, type Say, type Word } from "./words.ts";
import type { Item, KindLine } from "./wire.ts";
import { fill, number, open } from "./written.ts";

const ASKS: Readonly<Record<Way, Word>> = {
  one: "choose_one", many: "choose_many", texts: "give_texts", number: "give_number", pairs: "give_pairs", order: "give_order",
  points: "give_points", open: "give_open",
};

export interface Acts {
  save(unit: Item, keys: readonly string[]): void;
  writing(on: boolean): void;
  tell(text: string): void;
}

/** What is on the page: its element, and the field at each place. */
export interface Shown { readonly element: HTMLElement; readonly fields: ReadonlyMap<number, Field> }

/** The leaf that is looked at. */
export function shown(sheet: Sheet, kinds: readonly KindLine[], say: Say, acts: Acts): Shown {
  const { whole, from, to } = sheet.leaf;
  const label = kindName(kinds.find((one) => one.kind === whole.kind), say);
  const units = sheet.units.slice(from, to);
  const fields = new Map<number, Field>();
  const sections = units.map((unit, number) => {
    const place = from + number;
    const one = question(sheet, unit, whole.parts ? `choice${place}` : "choice", whole.parts ? "" : label, say, acts);
    fields.set(place, one.field);
    const head = whole.parts ? [el("h3", { tabindex: "-1" }, say("question", { number: place + 1 }))] : [];
    return el("section", { class: whole.parts ? "exam-part" : "", "data-place": String(place) }, ...head, one.element);
  });
  const material = whole.parts ? [el("div", { class: "exam-material" }, el("span", { class: "exam-kind" }, label), stemOf(whole))] : [];
  return { element: el("div", {}, ...material, ...sections), fields };
}

function question(sheet: Sheet, unit: Item, name: string, label: string, say: Say, acts: Acts): { element: HTMLElement; field: Field } {
  const stem = stemOf(unit);
  stem.id = `${name}-stem`;
  const asked: Asked = {
    unit, stem, name, say,
    given: () => sheet.given(unit.id),
    save: (keys) => acts.save(unit, keys),
    writing: acts.writing,
    tell: acts.tell,
  };
  const field = fieldOf(asked, sheet);
  const kind = el("span", { class: "exam-kind", id: `${name}-kind` }, `${label} ${say(ASKS[wayOf(unit)])}`.trim());
  // A stem with inputs in it names itself badly; there the kind alone is the name.
  const named = wayOf(unit) === "texts" ? kind.id : `${kind.id} ${stem.id}`;
  const element = el("div", {}, el("fieldset", { class: "exam-item", "aria-labelledby": named }, kind, stem, field.element));
  if (field.clears) element.append(button(say("clear"), "btn-quiet btn-small exam-clear", () => asked.save([])));
  return { element, field };
}

function fieldOf(asked: Asked, sheet: Sheet): Field {
  const way = wayOf(asked.unit);
  switch (way) {
    case "one":
    case "many": return choice(asked, way === "many", (key) => sheet.picking(asked.unit, key));
    case "texts": return fill(asked);
    case "number": return number(asked);
    case "pairs": return matching(asked);
    case "order": return ordering(asked);
    case "points": return hotspot(asked);
    case "open": return open(asked);
  }
}

function stemOf(item: Item): HTMLElement { return el("div", { class: "exam-stem exam-rich" }, rich(item.stem)); }
