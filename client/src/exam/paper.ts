// The paper on the screen: one item, the grid of numbers, the clock and "saved". Everything else stays out of sight.

import { button, el } from "./build.ts";
import { left, timeOfDay } from "./clock.ts";
import { comfort } from "./comfort.ts";
import { meaning, type Sheet } from "./sheet.ts";
import type { Say } from "./words.ts";
import type { Entry, Item, KindLine } from "./wire.ts";

export interface Acts {
  choose(item: string, keys: readonly string[]): void;
  mark(item: string, on: boolean): void;
  handIn(): void;
}

export class PaperView {
  readonly element: HTMLElement;
  private readonly clock = el("span", { class: "exam-time" });
  private readonly savedNote = el("p", { class: "exam-saved" });
  private readonly offline = el("p", { class: "exam-offline", role: "status", hidden: true });
  private readonly spoken = el("p", { class: "sr", "aria-live": "polite" });
  private readonly heading = el("h2", { tabindex: "-1" });
  private readonly body = el("div", { class: "exam-body" });
  private readonly markButton: HTMLButtonElement;
  private readonly previous: HTMLButtonElement;
  private readonly next: HTMLButtonElement;
  private readonly cells: HTMLButtonElement[];
  private shut = false;

  constructor(private readonly entry: Entry, private readonly sheet: Sheet, private readonly say: Say, private readonly acts: Acts) {
    this.markButton = button("", "exam-mark", () => this.toggleMark(), { "aria-keyshortcuts": "m" });
    this.previous = button(say("previous"), "", () => this.go(this.sheet.place - 1));
    this.next = button(say("next"), "btn-primary", () => this.go(this.sheet.place + 1));
    this.cells = sheet.items.map((_, place) => button(String(place + 1), "exam-cell", () => this.go(place)));
    const restored = Object.keys(entry.answers).length;
    this.savedNote.textContent = restored > 0 ? say("restored", { count: restored }) : say("not_yet_saved");
    this.element = el("div", { class: "exam" }, this.head(), this.offline, this.spoken, this.main(), this.grid());
    document.addEventListener("keydown", this.pressed);
    this.show(false);
  }

  /** The time left, every quarter of a second; the page is only touched when the text changes. */
  tick(remaining: number): void {
    const text = left(remaining);
    if (this.clock.textContent === text) return;
    this.clock.textContent = text;
    this.clock.dataset["soon"] = remaining <= 60_000 ? "last" : remaining <= 600_000 ? "near" : "";
  }

  /** Told once to everyone, also to a screen reader. */
  announce(text: string): void { this.spoken.textContent = text; }

  saved(at: number): void { this.savedNote.textContent = this.say("saved_at", { time: timeOfDay(at) }); }

  line(online: boolean, waiting: number, durable: boolean): void {
    if (online) {
      this.offline.hidden = true;
      if (waiting > 0) this.savedNote.textContent = this.say("saving");
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
    this.announce(this.say("replaced", { number: this.sheet.placeOf(id) + 1 }));
    this.show(false);
  }

  /** No more choices: the paper is on its way. */
  close(): void {
    this.shut = true;
    document.removeEventListener("keydown", this.pressed);
    this.body.querySelectorAll("input").forEach((input) => { input.disabled = true; });
  }

  go(place: number): void {
    if (this.sheet.go(place)) this.show(true);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (document.querySelector("dialog[open]") !== null) return;
    const act = meaning(event);
    if (act === null) return;
    event.preventDefault();
    if (act.do === "go") this.go(this.sheet.place + act.by);
    else if (act.do === "mark") this.toggleMark();
    else {
      const option = this.sheet.item.options[act.option];
      if (option !== undefined) this.pick(option.key);
    }
  };

  private pick(key: string): void { this.choose(this.sheet.picking(key)); }

  private choose(keys: readonly string[]): void {
    if (this.shut) return;
    this.sheet.answer(this.sheet.item.id, keys);
    this.acts.choose(this.sheet.item.id, keys);
    this.refresh();
  }

  private toggleMark(): void {
    if (this.shut) return;
    const on = !this.sheet.marked;
    this.sheet.mark(this.sheet.item.id, on);
    this.acts.mark(this.sheet.item.id, on);
    this.refresh();
  }

  private head(): HTMLElement {
    const { say, entry } = this;
    return el("header", { class: "exam-head" },
      el("div", { class: "exam-name" }, el("h1", {}, entry.title), el("p", {}, say("seat", { seat: entry.seat }))),
      el("div", { class: "exam-clock", role: "timer", "aria-label": say("time_left") }, el("small", {}, say("time_left")), this.clock),
      this.savedNote,
      comfort(say),
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
    const groups = groupsOf(this.sheet.items, this.entry.kinds).map(({ line, from, to }) =>
      el("section", {},
        el("h3", {}, line?.label ?? ""),
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
    const { sheet, say } = this;
    const { item } = sheet;
    const number = say("question", { number: sheet.place + 1 });
    this.heading.replaceChildren(number, " ", el("small", {}, say("of_total", { total: sheet.items.length })));
    this.body.replaceChildren(this.question(item));
    this.previous.disabled = sheet.place === 0;
    this.next.disabled = sheet.place === sheet.items.length - 1;
    this.refresh();
    if (move) {
      this.heading.focus();
      window.scrollTo(0, 0);
    }
  }

  private question(item: Item): HTMLElement {
    const many = item.kind === "multiple";
    const options = item.options.map((option, place) => {
      const input = el("input", { type: many ? "checkbox" : "radio", name: "choice", value: option.key, onchange: () => this.pick(option.key) });
      input.disabled = this.shut;
      // Letters follow the place on the screen; the author's key stays hidden in the value.
      return el("label", { class: "exam-option" }, input, el("span", { class: "exam-letter" }, String.fromCharCode(65 + place)), el("span", {}, option.text));
    });
    const line = this.entry.kinds.find((one) => one.kind === item.kind);
    const kind = `${line?.label ?? ""} ${this.say(many ? "choose_many" : "choose_one")}`.trim();
    return el("div", {},
      el("fieldset", { class: "exam-item" },
        el("legend", {}, el("span", { class: "exam-kind" }, kind), el("span", { class: "exam-stem" }, item.stem)),
        ...options),
      button(this.say("clear"), "btn-quiet btn-small exam-clear", () => this.choose([])));
  }

  private refresh(): void {
    const { sheet, say } = this;
    this.body.querySelectorAll<HTMLInputElement>("input[name=choice]").forEach((input) => {
      input.checked = sheet.keys.includes(input.value);
      // Browsers too old for :has() must show the choice as well.
      input.closest("label")?.toggleAttribute("data-chosen", input.checked);
    });
    const clear = this.body.querySelector<HTMLElement>(".exam-clear");
    if (clear !== null) clear.classList.toggle("exam-idle", sheet.keys.length === 0);
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

/** Runs of items of one kind, in the order of the paper, each with the paper's line about that kind. */
function groupsOf(items: readonly Item[], kinds: readonly KindLine[]): { line: KindLine | undefined; from: number; to: number }[] {
  const groups: { line: KindLine | undefined; from: number; to: number }[] = [];
  items.forEach((item, place) => {
    const last = groups[groups.length - 1];
    if (last !== undefined && items[place - 1]?.kind === item.kind) last.to = place + 1;
    else groups.push({ line: kinds.find((line) => line.kind === item.kind), from: place, to: place + 1 });
  });
  return groups;
}
