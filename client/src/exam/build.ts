// Elements in one line. Text only ever becomes text, never markup.

type Child = Node | string;
type Given = Readonly<Record<string, string | boolean | ((event: Event) => void)>>;

/** An element with its attributes, listeners (`onclick`) and children. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, given: Given = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A button that never submits a form. */
export function button(label: string, kind: string, press: () => void, more: Given = {}): HTMLButtonElement {
  return el("button", { type: "button", class: `btn ${kind}`, onclick: press, ...more }, label);
}
