// Small helps on a page: keys, menus, refusal sheets, dialogs, copying, printing.
import { say } from "./requests.ts";

const TYPING = "input, textarea, select, [contenteditable='true']";

/** '/' goes to the search unless something is being typed. */
export function wantsSearch(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">, typing: boolean): boolean {
  return event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
}

/** Whether a sheet must hang from its right edge to stay in the window. */
export function mustFlip(left: number, width: number, viewWidth: number): boolean {
  return left + width > viewWidth - 8;
}

export function wireKeys(page: Document): void {
  page.addEventListener("keydown", (event) => {
    const typing = (event.target as Element).matches?.(TYPING) ?? false;
    const search = page.querySelector<HTMLInputElement>("[data-search]");
    if (search && wantsSearch(event, typing)) {
      event.preventDefault();
      search.focus();
      search.select();
    }
    if (event.key !== "Escape") return;
    for (const menu of page.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
      menu.open = false;
      if (menu.contains(page.activeElement)) menu.querySelector("summary")?.focus();
    }
    for (const step of page.querySelectorAll(".step")) step.classList.add("hush");
  });
}

export function wireMenus(page: Document): void {
  page.addEventListener("click", (event) => {
    for (const menu of page.querySelectorAll<HTMLDetailsElement>("details.menu[open]"))
      if (!menu.contains(event.target as Node)) menu.open = false;
  });
}

/** A closed step shows its reasons by style alone; this keeps the sheet in the window and lets Escape put it away. */
export function wireRefusals(page: Document): void {
  const ready = (event: Event): void => {
    const step = (event.target as Element).closest?.(".step");
    if (!step) return;
    step.classList.remove("hush");
    const sheet = step.querySelector<HTMLElement>(".refusals");
    if (!sheet) return;
    sheet.classList.toggle("flip", mustFlip(step.getBoundingClientRect().left, sheet.offsetWidth, page.documentElement.clientWidth));
  };
  page.addEventListener("mouseover", ready);
  page.addEventListener("focusin", ready);
  page.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[aria-disabled='true']")) event.preventDefault();
  });
}

export function wireActs(page: Document): void {
  page.addEventListener("click", (event) => {
    const at = (event.target as Element).closest<HTMLElement>("[data-copy], [data-print], [data-open], [data-close]");
    if (!at) return;
    if (at.dataset.copy !== undefined) void copy(at);
    if (at.dataset.print !== undefined) window.print();
    if (at.dataset.open !== undefined) page.querySelector<HTMLDialogElement>(`dialog#${CSS.escape(at.dataset.open)}`)?.showModal();
    if (at.dataset.close !== undefined) at.closest("dialog")?.close();
  });
}

async function copy(button: HTMLElement): Promise<void> {
  const words = document.documentElement.dataset;
  try {
    await navigator.clipboard.writeText(button.dataset.copy ?? "");
    say(words.sayCopied ?? "");
  } catch {
    say(words.sayNotCopied ?? "", true);
  }
}

/** The trail folds away on narrow screens and stands open beside the page on wide ones. */
export function wireFolds(page: Document): void {
  const wide = window.matchMedia("(min-width: 1101px)");
  const set = (): void => {
    for (const fold of page.querySelectorAll<HTMLDetailsElement>("details.side")) fold.open = wide.matches;
  };
  wide.addEventListener("change", set);
  set();
}
