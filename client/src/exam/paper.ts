// The paper on the screen: one item, the grid of numbers, the clock and "saved". Everything else stays out of sight.

import { button, el } from "./build.ts";
import { left, timeOfDay } from "./clock.ts";
import { comfort } from "./comfort.ts";
import { shown, type Shown } from "./question.ts";
import { meaning, type Leaf, type Sheet } from "./sheet.ts";
import { kindName, type Say } from "./words.ts";
import type { Entry, Item, KindLine } from "./wire.ts";

// Where keys are part of an answer and no shortcuts.
const WRITES = "input:not([type=radio]):not([type=checkbox]), textarea, select, [data-keys]";

export interface Acts {
  choose(item: string, keys: readonly string[]): void;
  mark(item: string, on: boolean): void;
  handIn(): void;
  calculate(): void;
  rest(): void;
}

export class PaperView {
  readonly element: HTMLElement;
  private readonly clock = el("span", { class: "exam-time" });
  private readonly savedNote = el("p", { class: "exam-saved", role: "status" });
  private readonly offline = el("p", { class: "exam-offline", role: "status", hidden: true });
  private readonly spoken = el("p", { class: "sr", "aria-live": "polite" });
  private readonly heading = el("h2", { tabindex: "-1" });
  private readonly body = el("div", { class: "exam-body" });
  private readonly restButton: HTMLButtonElement;
  private readonly markButton: HTMLButtonElement;
  private readonly previous: HTMLButtonElement;
  private readonly next: HTMLButtonElement;
  private readonly cells: HTMLButtonElement[];
  private page: Shown | null = null;
  private noted = "";
  private waiting = 0;
  private online = true;
  private writing = false;
  private shut = false;

  constructor(private readonly entry: Entry, private readonly sheet: Sheet, private readonly say: Say, private readonly acts: Acts) {
    this.markButton = button("", "exam-mark", () => this.toggleMark(), { "aria-keyshortcuts": "m" });
    this.restButton = button(say("break_go"), "btn-small", () => this.acts.rest(), { hidden: true });
    this.previous = button(say("previous"), "", () => this.turn(-1));
    this.next = button(say("next"), "btn-primary", () => this.turn(1));
    this.cells = sheet.units.map((_, place) => button(String(place + 1), "exam-cell", () => this.go(place)));
    const restored = Object.keys(entry.answers).length;
    this.note(restored > 0 ? say("restored", { count: restored }) : say("not_yet_saved"));
    this.element = el("div", { class: "exam" }, this.head(), this.offline, this.spoken, this.main(), this.grid());
    document.addEventListener("keydown", this.pressed);
    this.body.addEventListener("focusin", this.entered);
    this.show(false);
  }

  /** The time left, every quarter of a second; the page is only touched when the text changes. */
  tick(remaining: number): void {
    const text = left(remaining);
    if (this.clock.textContent === text) return;
    this.clock.textContent = text;
    this.clock.dataset["soon"] = remaining <= 60_000 ? "last" : remaining <= 600_000 ? "near" : "";
  }

  /** Seconds of breaks that are left; without any there is no button. */
  breaks(seconds: number): void {
    this.restButton.hidden = seconds === 0;
    this.restButton.title = this.say("break_left", { minutes: Math.ceil(seconds / 60) });
  }

  /** Told once to everyone, also to a screen reader. */
  announce(text: string): void { this.spoken.textContent = text; }

  saved(at: number): void { this.note(this.say("saved_at", { time: timeOfDay(at) })); }

  /** Save what was written and is not saved yet. */
  flush(): void { this.page?.fields.forEach((field) => field.flush?.()); }

  line(online: boolean, waiting: number, durable: boolean): void {
    this.online = online;
    this.waiting = waiting;
    this.tellSafety();
    if (online) {
      this.offline.hidden = true;
      return;
    }
    const count = waiting > 0 ? this.say("offline_count", { count: waiting }) : "";
    const text = durable ? this.say("offline") + count : this.say("offline_fragile");
    // A live region speaks at every change of text: it is changed only when there is something new to say.
    if (this.offline.textContent !== text) this.offline.textContent = text;
    this.offline.hidden = false;
  }

  /** What the hall holds for an item is not what is shown here: show the hall's. */
  replace(id: string, keys: readonly string[]): void {
    this.sheet.answer(id, keys);
    const place = this.sheet.placeOf(id);
    this.announce(this.say("replaced", { number: place + 1 }));
    this.page?.fields.get(place)?.show(true);
    this.refresh();
  }

  /** No more answers: the paper is on its way, with what was being written. */
  close(): void {
    this.flush();
    this.shut = true;
    document.removeEventListener("keydown", this.pressed);
    this.body.querySelectorAll<HTMLInputElement>("input, select, textarea, button").forEach((control) => { control.disabled = true; });
  }

  go(place: number): void {
    const before = this.sheet.leaf;
    if (!this.sheet.go(place)) return;
    if (this.sheet.leaf !== before || place === before.from) return this.show(true);
    this.refresh();
    this.reach(place);
  }

  private turn(by: 1 | -1): void { this.go(this.sheet.beside(by)); }

  /** To a part further down on the page. */
  private reach(place: number): void {
    const part = this.body.querySelector(`[data-place="${place}"]`);
    part?.querySelector<HTMLElement>("h3")?.focus({ preventScroll: true });
    part?.scrollIntoView();
  }

  private note(text: string): void {
    this.noted = text;
    this.tellSafety();
  }

  /** "Saved" stands there only when nothing waits and nothing is being written. */
  private tellSafety(): void {
    const text = this.waiting > 0 && !this.online ? this.say("kept_here", { count: this.waiting }) : this.waiting > 0 || this.writing ? this.say("saving") : this.noted;
    if (this.savedNote.textContent !== text) this.savedNote.textContent = text;
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (document.querySelector("dialog[open]") !== null) return;
    const act = meaning(event, event.target instanceof Element && event.target.closest(WRITES) !== null);
    if (act === null) return;
    event.preventDefault();
    if (act.do === "go") this.turn(act.by);
    else if (act.do === "mark") this.toggleMark();
    else this.page?.fields.get(this.sheet.place)?.pick?.(act.option);
  };

  /** Of several parts on the page, the one with the focus is looked at. */
  private readonly entered = (event: FocusEvent): void => {
    const place = Number((event.target as Element).closest<HTMLElement>("[data-place]")?.dataset["place"] ?? this.sheet.place);
    if (place !== this.sheet.place && this.sheet.go(place)) this.refresh();
  };

  private save(unit: Item, keys: readonly string[]): void {
    this.writing = false;
    if (this.shut) return;
    this.sheet.answer(unit.id, keys);
    this.acts.choose(unit.id, keys);
    this.refresh();
  }

  private toggleMark(): void {
    if (this.shut) return;
    const on = !this.sheet.marked;
    this.sheet.mark(this.sheet.unit.id, on);
    this.acts.mark(this.sheet.unit.id, on);
    this.refresh();
  }

  private head(): HTMLElement {
    const { say, entry } = this;
    return el("header", { class: "exam-head" },
      el("div", { class: "exam-name" }, el("h1", {}, entry.title), el("p", {}, say("seat", { seat: entry.seat }))),
      el("div", { class: "exam-clock", role: "timer", "aria-label": say("time_left") }, el("small", {}, say("time_left")), this.clock),
      this.savedNote,
      comfort(say),
      ...(entry.calculator ? [button(say("calculator"), "btn-small exam-calculate", () => this.acts.calculate())] : []),
      this.restButton,
      button(say("hand_in"), "exam-hand-in", () => this.acts.handIn()),
    );
  }

  private main(): HTMLElement {
    return el("main", { class: "exam-main" },
      this.heading,
      this.body,
      el("div", { class: "exam-moves" }, this.previous, this.markButton, this.next),
      el("p", { class: "hint exam-keys" }, this.say("keys_help")),
    );
  }

  private grid(): HTMLElement {
    const groups = groupsOf(this.sheet.leaves, this.entry.kinds).map(({ line, from, to }) =>
      el("section", {},
        el("h3", {}, kindName(line, this.say)),
        el("ol", {}, ...this.cells.slice(from, to).map((cell) => el("li", {}, cell))),
      ));
    const legend = (["answered", "marked", "unseen"] as const).map((state) =>
      el("li", {}, el("span", { class: "exam-cell exam-sample", "data-state": state === "answered" ? "answered" : state === "unseen" ? "unseen" : "seen", ...(state === "marked" ? { "data-marked": true } : {}) }), this.say(`state_${state}`)));
    return el("nav", { class: "exam-grid", "aria-label": this.say("grid") },
      el("details", { open: window.innerWidth > 720 },
        el("summary", {}, this.say("grid_show")),
        ...groups,
        el("ul", { class: "exam-legend", "aria-hidden": "true" }, ...legend),
      ));
  }

  private show(move: boolean): void {
    this.flush();
    const { sheet, say } = this;
    const { from, to } = sheet.leaf;
    const number = to - from > 1 ? say("questions", { from: from + 1, to }) : say("question", { number: from + 1 });
    this.heading.replaceChildren(number, " ", el("small", {}, say("of_total", { total: sheet.units.length })));
    this.page = shown(sheet, this.entry.kinds, say, {
      save: (unit, keys) => this.save(unit, keys),
      writing: (on) => { this.writing = on; this.tellSafety(); },
      tell: (text) => this.announce(text),
    });
    this.body.replaceChildren(this.page.element);
    this.previous.disabled = sheet.beside(-1) < 0;
    this.next.disabled = sheet.beside(1) < 0;
    this.refresh();
    if (!move) return;
    this.heading.focus();
    window.scrollTo(0, 0);
    if (sheet.place > from) this.reach(sheet.place);
  }

  private refresh(): void {
    const { sheet, say } = this;
    this.page?.fields.forEach((field, place) => {
      field.show();
      const idle = sheet.given(sheet.units[place]?.id ?? "").length === 0;
      this.body.querySelector(`[data-place="${place}"] .exam-clear`)?.classList.toggle("exam-idle", idle);
    });
    this.markButton.textContent = say(sheet.marked ? "unmark" : "mark");
    this.markButton.setAttribute("aria-pressed", String(sheet.marked));
    this.cells.forEach((cell, place) => this.paint(cell, place));
  }

  private paint(cell: HTMLButtonElement, place: number): void {
    const { answered, marked, seen } = this.sheet.cell(place);
    const state = answered ? "answered" : seen ? "seen" : "unseen";
    const words = [this.say("question", { number: place + 1 }), this.say(`state_${state}`), ...(marked ? [this.say("state_marked")] : [])];
    cell.dataset["state"] = state;
    cell.toggleAttribute("data-marked", marked);
    cell.setAttribute("aria-label", words.join(", "));
    if (place === this.sheet.place) cell.setAttribute("aria-current", "true");
    else cell.removeAttribute("aria-current");
  }
}

/** Runs of leaves of one kind, in the order of the paper, each with the paper's line about that kind. */
function groupsOf(leaves: readonly Leaf[], kinds: readonly KindLine[]): { line: KindLine | undefined; from: number; to: number }[] {
  const groups: { line: KindLine | undefined; from: number; to: number }[] = [];
  leaves.forEach(({ whole, from, to }, number) => {
    const last = groups[groups.length - 1];
    if (last !== undefined && leaves[number - 1]?.whole.kind === whole.kind) last.to = to;
    else groups.push({ line: kinds.find((line) => line.kind === whole.kind), from, to });
  });
  return groups;
}
