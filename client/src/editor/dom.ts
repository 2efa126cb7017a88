// Elements and labelled fields bound to the standard. Every control carries its path, so that a fault finds it.
import { number, type Number_ } from "./model.ts";
import type { Editor } from "./page.ts";

export type Child = Node | string | null | false | undefined;
type Props = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;
type Row = Record<string, unknown>;
export type Options = readonly (readonly [string, string])[];

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") made.addEventListener(name, value as EventListener);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child): child is Node | string => child !== null && child !== false && child !== undefined && child !== ""));
  return made;
}

export function button(label: string, act: () => void, props: Props = {}): HTMLButtonElement {
  return h("button", { type: "button", class: "btn btn-small", click: act, ...props }, label);
}

export interface Labelled {
  path: string;
  label: string;
  /** The label is read out, not shown: a table or a heading shows it. */
  quiet?: boolean;
  optional?: boolean;
  help?: string;
  /** What is meant, and shown, while nothing is written. */
  fallback?: Number_;
  /** What else follows from the change, after it was written. */
  then?: () => void;
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Label above, control, help: as all forms of the house. A quiet one is the control alone, with its name for readers. */
function labelled(ed: Editor, of: Labelled, control: Control): HTMLElement {
  control.id = `f.${of.path}`;
  control.dataset.path = of.path;
  control.autocomplete = "off";
  if (of.quiet) {
    control.setAttribute("aria-label", of.label);
    control.classList.add("control");
    return control;
  }
  const optional = of.optional && h("span", { class: "optional" }, ed.words.say.optional);
  return h("div", { class: "field" }, h("label", { for: control.id }, of.label, optional), control, of.help && h("p", { class: "help" }, of.help));
}

function put(row: Row, key: string, value: unknown): void {
  if (value === undefined || value === "") delete row[key];
  else row[key] = value;
}

export function text(ed: Editor, row: Row, key: string, of: Labelled): HTMLElement {
  const control = h("input", { type: "text", value: String(row[key] ?? ""), input: () => {
    put(row, key, control.value);
    of.then?.();
    ed.changed();
  } });
  return labelled(ed, of, control);
}

export function digits(ed: Editor, row: Row, key: string, of: Labelled): HTMLElement {
  const control = h("input", { type: "text", inputmode: "decimal", class: "short", value: String((row[key] as Number_ | undefined) ?? of.fallback ?? ""), input: () => {
    put(row, key, number(control.value));
    of.then?.();
    ed.changed();
  } });
  return labelled(ed, of, control);
}

/** A text of several lines that is as high as what stands in it: a hidden twin under it has the same words. */
export function grown(value: string, props: Props = {}): { box: HTMLElement; area: HTMLTextAreaElement } {
  const area = h("textarea", { rows: 1, ...props });
  area.value = value;
  const box = h("span", { class: "grow", "data-words": value }, area);
  area.addEventListener("input", () => (box.dataset.words = area.value));
  return { box, area };
}

export function area(ed: Editor, row: Row, key: string, of: Labelled): HTMLElement {
  const { box, area: control } = grown(String(row[key] ?? ""), { input: () => {
    put(row, key, control.value);
    of.then?.();
    ed.changed();
  } });
  box.remove();
  const made = labelled(ed, of, control);
  if (made === control) box.append(control);
  else made.querySelector("label")?.after(box);
  box.append(control);
  return made === control ? box : made;
}

export function choose(ed: Editor, row: Row, key: string, of: Labelled, options: Options, empty?: string): HTMLElement {
  const now = String(row[key] ?? of.fallback ?? "");
  const all = options.some(([code]) => code === now) || (now === "" && empty !== undefined) ? options : [...options, [now, now || ed.words.say.choose] as const];
  const control = h("select", { change: () => {
    if (control.value === "" && empty === undefined) row[key] = "";
    else put(row, key, control.value);
    of.then?.();
    ed.changed();
  } });
  for (const [code, label] of empty === undefined ? all : [["", empty] as const, ...all]) control.append(h("option", { value: code, selected: code === now }, label));
  return labelled(ed, of, control);
}

/** Yes or no. What is the default of the text is not written. */
export function tick(ed: Editor, row: Row, key: string, of: Labelled, byDefault = false): HTMLElement {
  const control = h("input", { type: "checkbox", id: `f.${of.path}`, "data-path": of.path, checked: (row[key] ?? byDefault) === true, change: () => {
    put(row, key, control.checked === byDefault ? undefined : control.checked);
    of.then?.();
    ed.changed();
  } });
  return h("div", { class: "field" }, h("span", { class: "tick" }, control, h("label", { for: control.id }, of.label)));
}

/** Several of many. The order is that in which they are offered. */
export function ticks(ed: Editor, chosen: readonly string[], of: Labelled, options: Options, write: (now: string[], code: string, on: boolean) => void): HTMLElement {
  const boxes: HTMLInputElement[] = [];
  const rows = options.map(([code, label]) => {
    const box = h("input", { type: "checkbox", id: `f.${of.path}.${code}`, value: code, checked: chosen.includes(code), change: () => {
      write(boxes.filter((one) => one.checked).map((one) => one.value), code, box.checked);
      ed.changed();
    } });
    boxes.push(box);
    return h("span", { class: "tick" }, box, h("label", { for: box.id }, label));
  });
  return h("fieldset", { class: "field ticks", "data-path": of.path }, h("legend", {}, of.label), h("div", { class: "tick-row" }, ...rows));
}

/** A list to choose from that adds what is chosen; it shows nothing when nothing is left to add. */
export function menu(label: string, options: Options, add: (code: string) => void): HTMLElement | null {
  if (options.length === 0) return null;
  const control = h("select", { class: "control add", "aria-label": label, change: () => control.value && add(control.value) });
  control.append(h("option", { value: "" }, label), ...options.map(([code, name]) => h("option", { value: code }, name)));
  return control;
}

export function filled(text_: string | undefined, places: Record<string, string | number>): string {
  return (text_ ?? "").replace(/\{(\w+)\}/g, (_, name: string) => String(places[name] ?? ""));
}
