// What is written: blanks inside a text, a number with its unit, an open answer.

import { el } from "./build.ts";
import type { Asked, Field } from "./field.ts";
import { Pause, pauseAfter, texts } from "./pause.ts";
import { same } from "./wire.ts";

// The hall's own bounds. A browser counts halves of rare characters, so it stops earlier and never later.
const MOST_TEXT = 200;
const MOST_NUMBER = 40;
export const MOST_OPEN = 20_000;
const NARROW = 8;
const WIDE = 32;

type Input = HTMLInputElement | HTMLTextAreaElement;

/** Inputs where the stem has its blanks. */
export function fill(asked: Asked): Field {
  const inputs: HTMLInputElement[] = [];
  const below: HTMLElement[] = [];
  const blank = (): HTMLInputElement => {
    const input = el("input", { type: "text", class: "control exam-blank", maxlength: String(MOST_TEXT), size: String(NARROW), autocomplete: "off", spellcheck: "false" });
    input.setAttribute("aria-label", asked.say("blank", { number: inputs.push(input) }));
    return input;
  };
  for (const text of textsBelow(asked.stem)) {
    const pieces = (text.nodeValue ?? "").split(/(_+)/);
    if (!pieces.includes("____")) continue;
    // A formula has no place for an input: there the blank is named, and filled in below.
    const formula = text.parentElement?.namespaceURI !== asked.stem.namespaceURI;
    text.replaceWith(...pieces.map((piece) => {
      if (piece !== "____") return piece;
      if (!formula) return blank();
      below.push(el("label", { class: "exam-below" }, asked.say("blank", { number: inputs.length + 1 }), " ", blank()));
      return asked.say("blank_elsewhere", { number: inputs.length });
    }));
  }
  const width = (): void => inputs.forEach((input) => { input.size = Math.max(NARROW, Math.min(WIDE, wide(input.value) + 2)); });
  return written(asked, inputs, el("div", {}, ...below), width);
}

/** One number; the unit stands behind the input. */
export function number(asked: Asked): Field {
  const { unit } = asked.unit;
  const input = el("input", { type: "text", class: "control exam-number", inputmode: "decimal", maxlength: String(MOST_NUMBER), autocomplete: "off", spellcheck: "false" });
  const label = asked.say(unit ? "number_in" : "number_field", { unit: unit ?? "" });
  input.setAttribute("aria-label", label);
  return written(asked, [input], el("div", { class: "exam-measure" }, input, el("span", { "aria-hidden": "true" }, unit ?? "")));
}

/** A long text, with its length. */
export function open(asked: Asked): Field {
  const count = el("p", { class: "hint exam-count", id: `${asked.name}-count` });
  const area = el("textarea", { class: "control exam-open", rows: "9", maxlength: String(MOST_OPEN), spellcheck: "false", "aria-label": asked.say("open_field"), "aria-describedby": count.id });
  const counted = (): void => { count.textContent = asked.say("open_count", { count: [...area.value].length, most: MOST_OPEN }); };
  return written(asked, [area], el("div", {}, area, count), counted);
}

function written(asked: Asked, inputs: readonly Input[], element: HTMLElement, changed: () => void = () => undefined): Field {
  const read = (): readonly string[] => texts(inputs.map((input) => input.value));
  const pause = new Pause(() => {
    if (same(read(), asked.given())) asked.writing(false);
    else asked.save(read());
  });
  const wrote = (event: Event): void => {
    changed();
    // Letters on their way to becoming Chinese characters are not yet what was meant.
    if ((event as InputEvent).isComposing === true) return;
    asked.writing(true);
    pause.begin(pauseAfter(Math.max(...inputs.map((input) => input.value.length))));
  };
  for (const input of inputs) {
    for (const kind of ["input", "compositionend"]) input.addEventListener(kind, wrote);
    input.addEventListener("blur", () => pause.end());
  }
  return {
    element,
    clears: false,
    flush: () => pause.end(),
    show: (forced = false) => {
      if (forced) pause.drop();
      if (pause.waiting || (!forced && same(read(), asked.given()))) return;
      inputs.forEach((input, place) => { input.value = asked.given()[place] ?? ""; });
      changed();
    },
  };
}

function textsBelow(element: Element): Text[] {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (walker.nextNode() !== null) found.push(walker.currentNode as Text);
  return found;
}

/** Width in narrow letters: a Chinese character takes two. */
function wide(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 255 ? 2 : 1), 0);
}
