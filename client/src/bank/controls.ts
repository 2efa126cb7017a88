// What both editors of a bank are built of: labelled controls, the tools of a row, taking away with a way back.
import { button, filled, h, type Child, type Options } from "../editor/dom.ts";

export type Words = Record<string, string>;
export interface Fault { what: string; said: string }

/** A control with its name for readers, and shown as a hint while it is empty. */
export function box(label: string, value: string, key: string, write: (value: string) => void, more: Record<string, string | boolean | null> = {}): HTMLInputElement {
  const control = h("input", { type: "text", class: "control", "aria-label": label, "data-key": key, autocomplete: "off", ...more, input: () => write(control.value) });
  control.value = value;
  return control;
}

export function pick(label: string, value: string, key: string, options: Options, write: (value: string) => void): HTMLSelectElement {
  const control = h("select", { class: "control", "aria-label": label, "data-key": key, change: () => write(control.value) });
  const all = options.some(([code]) => code === value) ? options : [...options, [value, value] as const];
  for (const [code, name] of all) control.append(h("option", { value: code, selected: code === value }, name));
  control.value = value;
  return control;
}

/** A field with its label above it, as all forms of the house. */
export function field(label: string, control: HTMLElement, help?: string): HTMLElement {
  control.id = `bank.${control.dataset.key ?? label}`;
  control.removeAttribute("aria-label");
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control, help && h("p", { class: "help" }, help), h("p", { class: "wrong", hidden: true, "data-told": control.dataset.key ?? "" }));
}

export interface Tools { up?: () => void; down?: () => void; remove?: () => void }

export function tools(words: Words, name: string, key: string, of: Tools): HTMLElement {
  const tool = (sign: string, word: string, act: (() => void) | undefined, what: string): HTMLElement | null =>
    act ? button(sign, act, { class: "btn btn-quiet btn-small row-tool", "aria-label": `${words[word]}${words.colon}${name || words.unnamed}`, title: words[word] ?? "", "data-key": `${key}.${what}` }) : null;
  return h("span", { class: "row-tools" }, tool("↑", "up", of.up, "up"), tool("↓", "down", of.down, "down"), tool("✕", "remove", of.remove, "remove"));
}

/** Alt with an arrow moves the row the cursor is in; Enter never sends the form. */
export function keys(row: HTMLElement, of: Tools, enter?: () => void): void {
  row.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.target as Element).matches("input")) {
      event.preventDefault();
      event.stopPropagation();
      enter?.();
    }
    const act = event.altKey && (event.key === "ArrowUp" ? of.up : event.key === "ArrowDown" ? of.down : undefined);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
}

/** Says that something was taken away and offers to put it back. */
export function offerBack(line: HTMLElement, words: Words, name: string, back: () => void): void {
  line.replaceChildren(
    filled(words.removed, { name: name || (words.unnamed ?? "") }), " ",
    button(words.undo ?? "", () => {
      line.replaceChildren();
      back();
    }),
  );
}

/** The control of that key gets the cursor; the nearest of the others when it is gone. */
export function focusOn(root: HTMLElement, key: string | undefined): void {
  if (key === undefined) return;
  root.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

/** Writes what is wrong where it belongs, or takes it away. */
export function tell(at: HTMLElement | null | undefined, said: readonly string[]): void {
  if (!at) return;
  at.hidden = said.length === 0;
  at.textContent = said.join(" ");
}

/** How many things are wrong, read out when the number changes and not at every key; below it each of them. */
export class Summary {
  readonly box: HTMLElement;
  private readonly count = h("b", { role: "status" });
  private readonly each = h("div", {});

  constructor() {
    this.box = h("div", { class: "be-summary", hidden: true }, this.count, this.each);
  }

  say(count: string, bad: boolean, children: readonly Child[] = []): void {
    this.box.hidden = count === "";
    this.box.classList.toggle("bad", bad);
    if (this.count.textContent !== count) this.count.textContent = count;
    this.each.replaceChildren(...(children.length ? [list(children)] : []));
  }
}

export function list(children: readonly Child[]): HTMLElement {
  return h("ul", {}, ...children.map((child) => h("li", {}, child)));
}
