// Pairs of two columns, and steps to be put into order. Selects and buttons: they work with a finger, with the keys
// and with a screen reader, where drawing lines or dragging does not.

import { button, el } from "./build.ts";
import type { Asked, Field } from "./field.ts";
import { rich, words } from "./rich.ts";

/** A select beside each entry of the left column; the right column stands in full below it. */
export function matching(asked: Asked): Field {
  const { unit, say } = asked;
  const targets = unit.targets ?? [];
  const selects = unit.options.map((left) => {
    const choices = targets.map((target, place) => el("option", { value: left.key + target.key }, `${place + 1}. ${words(target.text)}`));
    return el("select", { class: "control", "aria-label": words(left.text), onchange: () => asked.save(selects.map((one) => one.value).filter(Boolean)) },
      el("option", { value: "" }, say("pair_none")), ...choices);
  });
  const rows = unit.options.map((left, place) =>
    el("li", {}, el("span", { class: "exam-letter" }, String.fromCharCode(65 + place)), el("span", { class: "exam-rich" }, rich(left.text)), selects[place] as HTMLElement));
  const column = targets.map((target, place) => el("li", {}, el("span", { class: "exam-letter" }, String(place + 1)), el("span", { class: "exam-rich" }, rich(target.text))));
  return {
    element: el("div", { class: "exam-pairs" },
      el("ul", { "aria-label": say("left_column") }, ...rows),
      el("ul", { "aria-label": say("right_column") }, ...column)),
    clears: true,
    show: () => selects.forEach((select, place) => {
      select.value = asked.given().find((pair) => pair[0] === unit.options[place]?.key) ?? "";
      select.closest("li")?.toggleAttribute("data-chosen", select.value !== "");
    }),
  };
}

/** The steps with buttons; they count as answered from the first move on, or when the order shown is confirmed. */
export function ordering(asked: Asked): Field {
  const { unit, say } = asked;
  const list = el("ol", { class: "exam-steps" });
  const keep = button(say("order_keep"), "btn-small", () => asked.save(order()));
  const hint = el("p", { class: "hint" }, say("order_hint"));
  let stands = "";
  const order = (): string[] => {
    const given = asked.given();
    return [...given, ...unit.options.map((option) => option.key).filter((key) => !given.includes(key))];
  };
  const move = (key: string, by: 1 | -1): void => {
    const keys = order();
    const from = keys.indexOf(key);
    keys.splice(from, 1);
    keys.splice(from + by, 0, key);
    asked.save(keys);
    const step = steps.get(key);
    (by < 0 ? [step?.up, step?.down] : [step?.down, step?.up]).find((one) => one?.disabled === false)?.focus();
    asked.tell(say("moved", { text: step?.text ?? "", number: from + by + 1 }));
  };
  const steps = new Map(unit.options.map((option) => {
    const text = words(option.text);
    const up = button("↑", "btn-icon", () => move(option.key, -1), { "aria-label": `${say("move_up")}: ${text}`, title: say("move_up") });
    const down = button("↓", "btn-icon", () => move(option.key, 1), { "aria-label": `${say("move_down")}: ${text}`, title: say("move_down") });
    const number = el("span", { class: "exam-letter" });
    return [option.key, { text, up, down, number, row: el("li", {}, number, el("span", { class: "exam-rich" }, rich(option.text)), up, down) }];
  }));
  return {
    element: el("div", {}, hint, list, keep),
    clears: true,
    show: () => {
      const keys = order();
      const done = asked.given().length === keys.length;
      // What stands right stays, and with it the focus.
      if (keys.join() !== stands) list.replaceChildren(...keys.flatMap((key) => steps.get(key)?.row ?? []));
      stands = keys.join();
      list.toggleAttribute("data-chosen", done);
      keep.classList.toggle("exam-idle", done);
      keys.forEach((key, place) => {
        const step = steps.get(key);
        if (step === undefined) return;
        step.number.textContent = done ? String(place + 1) : "–";
        step.up.disabled = place === 0;
        step.down.disabled = place === keys.length - 1;
      });
    },
  };
}
