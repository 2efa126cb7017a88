// What lies over the paper while the sitting stands still: a pause, a lock, a break; and the invigilator's messages.

import { button, el } from "./build.ts";
import { left, timeOfDay } from "./clock.ts";
import type { Say, Word } from "./words.ts";
import type { Note, Stage, Standing } from "./wire.ts";

const TITLES: Partial<Record<Stage, Word>> = { paused: "paused_title", locked: "locked_title", break: "break_title" };
const TEXTS: Partial<Record<Stage, Word>> = { paused: "paused_text", locked: "locked_text", break: "break_text" };

export class Held {
  private dialog: HTMLDialogElement | null = null;
  private stage: Stage = "open";
  private breakEnds = 0;
  private readonly countdown: HTMLElement;

  constructor(private readonly host: HTMLElement, private readonly say: Say, private readonly comeBack: () => void) {
    this.countdown = el("p", { class: "exam-countdown", role: "timer", "aria-label": say("break_title") });
  }

  /** Show what the sitting's standing asks for, and nothing when it goes on. */
  show(standing: Standing): void {
    this.breakEnds = standing.rest + standing.breaks * 1000;
    if (standing.stage === this.stage) return;
    this.stage = standing.stage;
    this.dialog?.close();
    this.dialog = null;
    const title = TITLES[standing.stage];
    const text = TEXTS[standing.stage];
    if (title === undefined || text === undefined) return;
    const parts: Node[] = [el("h2", {}, this.say(title)), el("p", {}, this.say(text))];
    if (standing.stage === "break") parts.push(this.countdown, button(this.say("break_over"), "btn-primary btn-large", this.comeBack));
    const dialog = el("dialog", { class: "exam-ask exam-held", role: "alertdialog", "aria-label": this.say(title) }, ...parts);
    // Escape must not lift what the invigilator has put there.
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", () => dialog.remove());
    this.host.append(dialog);
    dialog.showModal();
    this.dialog = dialog;
  }

  /** The break that is left, by the server's clock. */
  tick(now: number): void {
    if (this.stage !== "break") return;
    const text = left(this.breakEnds - now);
    if (this.countdown.textContent !== text) this.countdown.textContent = text;
  }

  close(): void { this.dialog?.close(); }
}

/** A message of the invigilator as a notice that stays until it is read. */
export function note({ at, text }: Note, say: Say): HTMLElement {
  const made = el("div", { class: "notice exam-note", role: "alert" },
    el("p", {}, el("strong", {}, say("note_from")), ` ${timeOfDay(at)} `, el("span", {}, text)),
    button(say("note_read"), "btn-small", () => made.remove()));
  return made;
}
