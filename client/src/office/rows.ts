// Rows of a form that can be added and taken away: `[data-rows]` around `[data-row]`, a `<template>` and `[data-add]`.
// Without this file the rows that the page came with are there.

const NUMBERED = ["name", "id", "for", "aria-describedby"];

/** The text of an attribute with the spare row's number replaced. */
export function numbered(text: string, number: number): string {
  return text.replace(/-999\b/g, `-${number}`);
}

/** The next number nobody has, from the names of the fields that are there. */
export function next(names: readonly string[]): number {
  const taken = names.map((name) => Number(/-(\d{1,3})-/.exec(name)?.[1] ?? -1)).filter((number) => number !== 999);
  return Math.max(-1, ...taken) + 1;
}

type Control = HTMLInputElement | HTMLSelectElement;

function untouched(row: Element): boolean {
  if (row.querySelector(".wrong")) return false;
  return Array.from(row.querySelectorAll<Control>("input, select")).every((control) =>
    control instanceof HTMLSelectElement ? control.selectedIndex <= 0 : control.type === "checkbox" ? !control.checked : control.value === "",
  );
}

export function wireRows(area: HTMLElement): void {
  const spare = area.querySelector("template");
  const add = area.querySelector<HTMLButtonElement>("[data-add]");
  if (!spare || !add) return;
  const rows = (): HTMLElement[] => Array.from(area.querySelectorAll<HTMLElement>("[data-row]"));
  const label = (): void => {
    for (const [place, row] of rows().entries()) {
      const title = row.querySelector<HTMLElement>("[data-row-label]");
      if (title) title.textContent = (title.dataset.rowLabel ?? "").replace("{n}", String(place + 1));
    }
  };
  const offer = (row: HTMLElement): void => {
    const drop = row.querySelector<HTMLButtonElement>("[data-drop]");
    if (drop) drop.hidden = false;
  };
  add.hidden = false;
  // a script can add rows, so one empty row is enough on a small screen
  for (const row of rows().slice(1)) if (untouched(row)) row.remove();
  rows().forEach(offer);
  add.addEventListener("click", () => {
    const names = Array.from(area.querySelectorAll<Control>("input, select"), (control) => control.name);
    const number = next(names);
    const part = spare.content.cloneNode(true) as DocumentFragment;
    for (const element of part.querySelectorAll("*")) {
      for (const name of NUMBERED) {
        const text = element.getAttribute(name);
        if (text !== null) element.setAttribute(name, numbered(text, number));
      }
    }
    add.before(part);
    label();
    const last = rows().at(-1);
    if (last) offer(last);
    last?.querySelector<HTMLElement>("input, select")?.focus();
  });
  area.addEventListener("click", (event) => {
    const drop = (event.target as Element).closest("[data-drop]");
    if (!drop) return;
    drop.closest("[data-row]")?.remove();
    label();
    add.focus();
  });
}
