// The pages before and after the paper: waiting room, handing in, done, stopped.

import { button, el } from "./build.ts";
import { left, timeOfDay } from "./clock.ts";
import { comfort } from "./comfort.ts";
import { kindName, knows, type Say } from "./words.ts";
import type { Entry, HandedIn } from "./wire.ts";

function card(title: string, ...parts: Node[]): HTMLElement {
  return el("main", { class: "exam-card" }, el("h1", { tabindex: "-1" }, title), ...parts);
}

/** The waiting room; `tick` keeps its countdown. */
export function waitingRoom(entry: Entry, say: Say): { element: HTMLElement; tick: (remaining: number) => void } {
  const count = el("p", { class: "exam-countdown", role: "timer", "aria-label": say("waiting_left") });
  const kinds = entry.kinds.map((line) => el("li", {}, say("kind_line", { label: kindName(line, say), count: line.count, marks: line.marks })));
  const element = card(entry.title,
    el("p", { class: "exam-seat" }, say("seat", { seat: entry.seat })),
    el("p", { class: "exam-waiting" }, say("waiting_title"), " · ", say("waiting_left")),
    count,
    el("p", {}, say("waiting_at", { time: timeOfDay(entry.opens), minutes: entry.minutes })),
    el("ul", { class: "exam-kinds" }, ...kinds),
    el("p", { class: "hint" }, say("keys_help")),
    comfort(say));
  const tick = (remaining: number): void => {
    const text = remaining > 0 ? left(remaining) : say("waiting_opening");
    if (count.textContent !== text) count.textContent = text;
  };
  return { element, tick };
}

/** While the paper is on its way. */
export function closing(auto: boolean, say: Say): { element: HTMLElement; waiting: (count: number, online: boolean) => void } {
  const note = el("p", { role: "status" });
  const parts = auto ? [el("p", {}, say("closing_auto"))] : [];
  const waiting = (count: number, online: boolean): void => {
    const text = [count > 0 ? say("closing_waiting", { count }) : "", online ? "" : say("connecting")].filter(Boolean).join(" ");
    if (note.textContent !== text) note.textContent = text;
  };
  return { element: card(say("closing_title"), ...parts, note), waiting };
}

/** Handed in. `late` choices never reached the hall: then the page stays, for the invigilator to see. */
export function done(result: HandedIn, late: number, say: Say, go: (() => void) | null): HTMLElement {
  const text = say("done_text", { time: timeOfDay(result.handed_in), answered: result.answered, total: result.total });
  return card(say("done_title"),
    el("p", {}, text),
    el("p", { class: "code hint" }, say("done_receipt", { receipt: result.receipt.slice(0, 16) })),
    ...(late > 0 ? [el("p", { class: "notice notice-late", role: "alert" }, say("done_late", { count: late }))] : []),
    keep(result, say),
    go === null ? el("p", {}, say("own_hall_done")) : button(say("done_go"), "btn-primary btn-large", go));
}

/** The signed receipt as a file, for those who want to keep it. */
function keep({ proof }: HandedIn, say: Say): HTMLElement {
  const content = `data:application/json,${encodeURIComponent(JSON.stringify(proof, null, 1))}`;
  return el("p", {}, el("a", { href: content, download: `receipt-${proof.receipt.slice(0, 12)}.json` }, say("receipt_keep")));
}

/** The hall refused for good. */
export function stopped(code: string, reason: string, say: Say): HTMLElement {
  return card(say("stopped_title"), el("p", { role: "alert" }, knows(code) ? say(code) : reason));
}

/** Before the hall has answered. */
export function plain(text: string): HTMLElement {
  return el("main", { class: "exam-card" }, el("p", { role: "status" }, text));
}

/** Leave to the office's page. A POST, because what follows there is an act and not a look. */
export function leave(address: string, csrf: string): void {
  const form = el("form", { method: "post", action: address }, el("input", { type: "hidden", name: "csrfmiddlewaretoken", value: csrf }));
  document.body.append(form);
  form.submit();
}
