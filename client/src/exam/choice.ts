// One or several of the options.

import { el } from "./build.ts";
import type { Asked, Field } from "./field.ts";
import { rich } from "./rich.ts";

/** Radio buttons, or boxes where `many` may be chosen; `picking` says what the answer becomes. */
export function choice(asked: Asked, many: boolean, picking: (key: string) => readonly string[]): Field {
  const inputs: HTMLInputElement[] = [];
  const take = (key: string): void => asked.save(picking(key));
  const options = asked.unit.options.map((option, place) => {
    const input = el("input", { type: many ? "checkbox" : "radio", name: asked.name, value: option.key, onchange: () => take(option.key) });
    inputs.push(input);
    // Letters follow the place on the screen; the author's key stays hidden in the value.
    return el("label", { class: "exam-option" }, input, el("span", { class: "exam-letter" }, String.fromCharCode(65 + place)), el("span", { class: "exam-rich" }, rich(option.text)));
  });
  return {
    element: el("div", {}, ...options),
    clears: true,
    pick: (place) => { const option = asked.unit.options[place]; if (option !== undefined) take(option.key); },
    show: () => {
      for (const input of inputs) {
        input.checked = asked.given().includes(input.value);
        // Browsers too old for :has() must show the choice as well.
        input.closest("label")?.toggleAttribute("data-chosen", input.checked);
      }
    },
  };
}
