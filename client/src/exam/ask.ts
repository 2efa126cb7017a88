// The question before handing in: what is unanswered, what is marked, and a way back to each.

import { button, el } from "./build.ts";
import type { Sheet } from "./sheet.ts";
import type { Say } from "./words.ts";

/** Ask; `yes` when confirmed, `go` when a number was chosen instead. */
export function ask(host: HTMLElement, sheet: Sheet, say: Say, yes: () => void, go: (place: number) => void): HTMLDialogElement {
  const { unanswered, marked } = sheet.open();
  const close = (): void => dialog.close();
  const places = (list: readonly number[]): HTMLElement =>
    el("ol", { class: "exam-places" }, ...list.map((place) =>
      el("li", {}, button(String(place + 1), "btn-small", () => { close(); go(place); }, { "aria-label": say("question", { number: place + 1 }) }))));
  const parts: HTMLElement[] = [];
  if (unanswered.length === 0) parts.push(el("p", {}, say("ask_all", { total: sheet.units.length })));
  else parts.push(el("p", { class: "exam-missing" }, say("ask_unanswered", { count: unanswered.length })), places(unanswered));
  if (marked.length > 0) parts.push(el("p", {}, say("ask_marked", { count: marked.length })), places(marked));
  const back = button(say("ask_back"), "", close);
  const dialog = el("dialog", { class: "exam-ask", "aria-labelledby": "exam-ask-title" },
    el("h2", { id: "exam-ask-title" }, say("ask_title")),
    el("div", { class: "exam-ask-body" }, ...parts),
    el("p", {}, say("ask_final")),
    el("div", { class: "btns" }, back, button(say("ask_yes"), "btn-primary", () => { close(); yes(); })));
  dialog.addEventListener("close", () => dialog.remove());
  host.append(dialog);
  dialog.showModal();
  back.focus();
  return dialog;
}
