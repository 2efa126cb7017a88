// The page of the editor: rail, sections, faults at their fields, saving, the draft, the text beside the form.
import { dropDraft, readDraft, writeDraft } from "../office/drafts.ts";
import { crosswalk, designs, tasks } from "./assessment.ts";
import { conditions } from "./conditions.ts";
import { button, filled, h } from "./dom.ts";
import { basics, head, profile } from "./head.ts";
import { type Standard, whole } from "./model.ts";
import { weights } from "./weights.ts";
import { ask, type Answer, type Fault } from "./wire.ts";
import { place, said, type Sent, type Words } from "./words.ts";
import { work } from "./work.ts";

const SECTIONS: Record<string, (ed: Editor) => HTMLElement> = {
  standard: head, profile, basics, condition: conditions, function: work, weights, design: designs, task: tasks, crosswalk,
};
const CHECK_AFTER = 900;
const KEPT_AFTER = 500;

export class Editor {
  of: Standard;
  level = "";
  /** Folds that are open, and rows that were shown before: they keep their look when a section is drawn anew. */
  readonly open = new WeakSet<object>();
  readonly seen = new WeakSet<object>();
  readonly kinds: string[];
  private section = "standard";
  private view: "form" | "text" = "form";
  private faults: Fault[] = [];
  private checked = false;
  /** Faults stand at their fields as soon as there was something sound to begin with, or a saving was refused. */
  private strict: boolean;
  private version: number | null;
  private edits = 0;
  private saved = 0;
  private saving = false;
  private asking = 0;
  private waiting = 0;
  private keeping = 0;
  private back: (() => void) | null = null;
  private readonly body = h("div", { class: "editor-section" });
  private readonly rail = h("ul");
  private readonly select = h("select", { class: "control" });
  private readonly area: HTMLTextAreaElement;

  constructor(private readonly page: Document, private readonly root: HTMLElement, private readonly sent: Sent, readonly words: Words) {
    this.kinds = sent.kinds;
    this.version = sent.version;
    this.strict = !sent.fresh;
    this.checked = !sent.fresh && sent.standard !== null;
    this.of = whole(sent.standard ?? {}, words.choices);
    this.area = this.one<HTMLTextAreaElement>("[data-editor-text] textarea")!;
    this.level = this.of.standard.levels[0] ?? "";
    const asked = page.location.hash.slice(1);
    if (asked in SECTIONS) this.section = asked;
    this.frame();
    this.restore();
    if (!sent.standard && this.edits === 0) this.look("text");
    else this.look(this.view);
    this.redraw(undefined, false);
  }

  private one<T extends HTMLElement>(selector: string): T | null {
    return this.page.querySelector<T>(selector);
  }

  private sections(): string[] {
    return Object.keys(SECTIONS).filter((name) => name !== "crosswalk" || this.of.standard.kind === "evaluation");
  }

  // ---- drawing ----

  private frame(): void {
    const { say } = this.words;
    const label = this.words.sections;
    this.select.setAttribute("aria-label", say.sections ?? "");
    this.select.addEventListener("change", () => this.go(this.select.value));
    this.root.replaceChildren(h("nav", { class: "editor-rail", "aria-label": say.sections }, this.rail, this.select), this.body);
    for (const name of Object.keys(SECTIONS)) {
      const mark = h("span", { class: "badge-mark" });
      this.rail.append(h("li", { "data-section": name }, h("button", { type: "button", click: () => this.go(name) }, h("span", {}, label[name]), mark)));
      this.select.append(h("option", { value: name }, label[name] ?? name));
    }
    for (const one of this.page.querySelectorAll<HTMLElement>("[data-view]"))
      one.addEventListener("click", () => void this.turn(one.dataset.view === "text" ? "text" : "form"));
    this.one("[data-save]")?.addEventListener("click", () => void this.save());
    this.one("[data-editor-drop]")?.addEventListener("click", () => {
      dropDraft(window.sessionStorage, this.sent.draft);
      this.saved = this.edits;
      this.page.location.reload();
    });
    this.area.addEventListener("input", () => this.changed());
    this.page.addEventListener("keydown", (event) => {
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      if (key === "s") {
        event.preventDefault();
        void this.save();
      } else if (key === "z" && this.back && !(event.target as Element).matches("input, textarea, select")) {
        event.preventDefault();
        this.undo();
      }
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.dirty) event.preventDefault();
    });
    for (const hidden of ["[data-editor-views]", "[data-editor-bar]"]) this.one(hidden)!.hidden = false;
  }

  private go(section: string, focus?: string): void {
    this.section = section;
    this.page.defaultView?.history.replaceState(null, "", `#${section}`);
    this.show(focus ?? "h2");
    if (!focus) this.root.scrollIntoView({ block: "start" });
  }

  /** Draws the section anew; the cursor goes where it is told. */
  show(focus?: string): void {
    if (!this.sections().includes(this.section)) this.section = "standard";
    if (!this.of.standard.levels.includes(this.level)) this.level = this.of.standard.levels[0] ?? "";
    const make = SECTIONS[this.section] ?? head;
    this.body.replaceChildren(h("h2", { tabindex: -1 }, this.words.sections[this.section]), make(this));
    this.badges();
    this.mark();
    if (!focus) return;
    const found = this.body.querySelector<HTMLElement>(focus);
    found?.focus();
    found?.scrollIntoView({ block: "nearest" });
  }

  /** The structure has changed: drawn anew, to be checked and kept. */
  redraw(focus?: string, changed = true): void {
    this.show(focus);
    if (changed) this.changed();
  }

  private badges(): void {
    const { say } = this.words;
    const shown = this.sections();
    for (const item of this.rail.querySelectorAll<HTMLElement>("li")) {
      const name = item.dataset.section ?? "";
      const count = this.faults.filter((fault) => fault.section === name).length;
      item.hidden = !shown.includes(name);
      item.firstElementChild?.toggleAttribute("aria-current", name === this.section);
      const mark = item.querySelector<HTMLElement>(".badge-mark")!;
      mark.className = `badge-mark${count ? " bad" : this.checked ? " good" : ""}`;
      const told = count ? filled(say.wrong, { n: count }) : this.checked ? say.right : say.unknown;
      mark.replaceChildren(h("span", { "aria-hidden": "true" }, count ? String(count) : this.checked ? "✓" : "·"), h("span", { class: "sr" }, told));
      const option = [...this.select.options].find((one) => one.value === name)!;
      option.hidden = option.disabled = item.hidden;
      option.textContent = `${this.words.sections[name]}${count ? ` (${count})` : ""}`;
    }
    this.select.value = this.section;
    this.status();
  }

  private nearest(path: Fault["path"]): HTMLElement | null {
    for (let length = path.length; length > 0; length--) {
      const found = this.body.querySelector<HTMLElement>(`[data-path="${path.slice(0, length).join(".")}"]`);
      if (found) return found;
    }
    return null;
  }

  /** Writes the faults of the shown section at their fields. */
  mark(): void {
    for (const old of this.body.querySelectorAll("[data-fault]")) old.remove();
    for (const old of this.body.querySelectorAll("[aria-invalid]")) {
      old.removeAttribute("aria-invalid");
      old.removeAttribute("aria-describedby");
    }
    if (!this.strict) return;
    this.faults.forEach((fault, place) => {
      if (fault.section !== this.section || (fault.level && fault.path.length === 1 && fault.level !== this.level)) return;
      const at = this.nearest(fault.path);
      // of another level there is nothing here to be marked
      if (!at || (at.dataset.path === this.section && fault.path.length > 1)) return;
      const control = at.matches("input, textarea, select");
      if (control) at.setAttribute("aria-invalid", "true");
      if (at.dataset.brief !== undefined) return;
      const id = `fault-${place}`;
      const told = h("p", { class: "wrong", id, "data-fault": true }, said(fault, this.words));
      if (!control) at.append(told);
      else {
        at.setAttribute("aria-describedby", id);
        (at.closest(".line, .field") ?? at).append(told);
      }
    });
  }

  private find(fault: Fault): void {
    const [table, place] = fault.path;
    if (fault.level && this.of.standard.levels.includes(fault.level)) this.level = fault.level;
    const rows = this.of[table as "task"];
    const row = Array.isArray(rows) && typeof place === "number" ? rows[place] : undefined;
    if (row) this.open.add(row);
    this.strict = true;
    this.go(fault.section, "h2");
    const at = this.nearest(fault.path);
    const control = at?.matches("input, textarea, select, [tabindex]") ? at : at?.querySelector<HTMLElement>("input, textarea, select, button");
    control?.focus();
    control?.scrollIntoView({ block: "center" });
  }

  private summary(title: string, faults: readonly Fault[]): void {
    const box = this.one("[data-editor-summary]")!;
    this.one("[data-editor-faults]")?.remove();
    if (faults.length === 0) return box.replaceChildren();
    const items = faults.map((fault) => {
      const text = `${place(fault, this.words)}${said(fault, this.words)}`;
      return h("li", {}, fault.section in SECTIONS ? button(text, () => this.find(fault), { class: "link-button" }) : text);
    });
    const notice = h("div", { class: "notice errors", role: "alert", tabindex: -1 }, h("div", {}, h("h2", {}, title), h("ul", { tabindex: items.length > 8 ? 0 : null }, ...items), h("p", { class: "hint" }, this.words.say.kept)));
    box.replaceChildren(notice);
    notice.focus();
    notice.scrollIntoView({ block: "nearest" });
  }

  private status(text?: string): void {
    const { say } = this.words;
    const count = this.faults.length;
    const told = text ?? [this.dirty ? say.unsaved : say.untouched, this.checked && count && this.view === "form" ? filled(say.wrong, { n: count }) : ""].filter(Boolean).join(say.comma);
    const line = this.one("[data-status]")!;
    if (line.textContent !== told) line.textContent = told;
  }

  // ---- changing ----

  get dirty(): boolean {
    return this.edits !== this.saved;
  }

  /** Something was typed: to be kept in the tab and checked when there is a pause. */
  changed(): void {
    this.edits++;
    this.status();
    window.clearTimeout(this.keeping);
    this.keeping = window.setTimeout(() => this.keep(), KEPT_AFTER);
    window.clearTimeout(this.waiting);
    if (this.view === "form") this.waiting = window.setTimeout(() => void this.check(), CHECK_AFTER);
  }

  /** A row was removed: said in the bar, and put back on demand. */
  removed(told: string, back: () => void, draw = true): void {
    this.back = back;
    this.one("[data-undo]")!.replaceChildren(told, " ", button(this.words.say.undo ?? "", () => this.undo(), { class: "btn btn-small" }));
    if (draw) this.redraw("h2");
  }

  private undo(): void {
    const back = this.back;
    this.back = null;
    this.one("[data-undo]")!.replaceChildren();
    back?.();
    this.redraw("h2");
  }

  private keep(): void {
    if (!this.dirty) return;
    const value = { standard: [JSON.stringify(this.of)], text: [this.area.value], view: [this.view], version: [String(this.version ?? "")] };
    try {
      writeDraft(window.sessionStorage, this.sent.draft, value);
    } catch {
      // A full storage costs the draft, never the work: the page still holds it.
    }
  }

  private restore(): void {
    const kept = readDraft(window.sessionStorage, this.sent.draft);
    if (!kept?.standard?.[0]) return;
    try {
      this.of = whole(JSON.parse(kept.standard[0]) as Partial<Standard>, this.words.choices);
    } catch {
      return;
    }
    this.area.value = kept.text?.[0] ?? this.area.value;
    this.view = kept.view?.[0] === "text" ? "text" : "form";
    // what was begun on an older version is saved against that one: the server then says that it has changed
    this.version = kept.version?.[0] ? Number(kept.version[0]) : this.version;
    this.edits = 1;
    this.one("[data-editor-note]")!.hidden = false;
    this.waiting = window.setTimeout(() => void this.check(), CHECK_AFTER);
  }

  // ---- asking ----

  private async check(): Promise<Answer | null> {
    const asking = ++this.asking;
    const answer = await ask(this.sent.address, { act: "check", standard: this.of }, this.words.say);
    if (asking !== this.asking) return null;
    this.took(answer.faults);
    return answer;
  }

  private took(faults: Fault[]): void {
    this.faults = faults;
    this.checked = true;
    this.badges();
    this.mark();
  }

  private look(view: "form" | "text"): void {
    this.view = view;
    this.root.hidden = view !== "form";
    this.one("[data-editor-text]")!.hidden = view !== "text";
    for (const one of this.page.querySelectorAll<HTMLElement>("[data-view]")) one.setAttribute("aria-pressed", String(one.dataset.view === view));
    this.status();
  }

  /** From form to text and back: the one is made of the other, so what has faults stays where it can be mended. */
  private async turn(to: "form" | "text"): Promise<void> {
    if (to === this.view) return;
    const { say } = this.words;
    window.clearTimeout(this.waiting);
    if (to === "text") {
      const answer = this.dirty ? await ask(this.sent.address, { act: "check", standard: this.of }, say) : { faults: [] };
      if (answer.faults.length) {
        this.strict = true;
        this.took(answer.faults);
        return this.summary(filled(say.noText, { n: answer.faults.length }), answer.faults);
      }
      if ("text" in answer && answer.text) this.area.value = answer.text;
    } else if (this.dirty || !this.sent.standard) {
      const answer = await ask(this.sent.address, { act: "read", text: this.area.value }, say);
      if (answer.faults.length || !answer.standard) return this.summary(filled(say.noForm, { n: answer.faults.length }), answer.faults);
      this.of = whole(answer.standard, this.words.choices);
      this.took([]);
    }
    this.summary("", []);
    this.look(to);
    if (to === "form") this.show();
    else this.area.focus();
  }

  async save(): Promise<void> {
    if (this.saving) return;
    const { say } = this.words;
    const control = this.one<HTMLButtonElement>("[data-save]")!;
    window.clearTimeout(this.waiting);
    this.asking++;
    this.saving = true;
    const edits = this.edits;
    control.setAttribute("aria-busy", "true");
    this.status(say.saving);
    const content = this.view === "form" ? { standard: this.of } : { text: this.area.value };
    const answer = await ask(this.sent.address, { act: "save", version: this.version, ...content }, say);
    this.saving = false;
    control.removeAttribute("aria-busy");
    if (answer.url === undefined) return this.refused(answer.faults);
    this.saved = edits;
    this.version = answer.version ?? this.version;
    if (!this.dirty && answer.text !== undefined) this.area.value = answer.text;
    this.one<HTMLInputElement>("[data-editor-text] [name='version']")?.setAttribute("value", String(this.version));
    if (!this.dirty) {
      window.clearTimeout(this.keeping);
      dropDraft(window.sessionStorage, this.sent.draft);
      this.one("[data-editor-note]")!.hidden = true;
    }
    if (this.sent.fresh) return this.page.location.assign(`${answer.url}/edit${this.page.location.hash}`);
    this.summary("", []);
    this.took([]);
    this.status(this.dirty ? undefined : `${say.saved}${say.comma}${answer.said ?? ""}`);
  }

  private refused(faults: Fault[]): void {
    const { say } = this.words;
    this.strict = true;
    if (this.view === "form") this.took(faults.filter((fault) => fault.section !== ""));
    const placed = faults.some((fault) => fault.section !== "" || fault.line);
    const title = placed ? filled(say.notSaved, { n: faults.length }) : (say.refused ?? "");
    this.status(title);
    this.summary(title, faults);
  }
}
