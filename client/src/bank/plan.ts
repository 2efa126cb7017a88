// The editor of a plan of composition: kinds with counts and marks, time, ranges, spreads, what holds between papers.
import { button, filled, h, type Options } from "../editor/dom.ts";
import { move, take } from "../editor/model.ts";
import { box, type Fault, field, focusOn, keys, offerBack, pick, Summary, tell, tools, type Tools, type Words } from "./controls.ts";
import {
  blank, count, GRADES, type Holding, type How, type KindLine, LETTERS, leavesOf, marksOf, type NumberName, type Plan, placeOf,
  planOf, rangeCounts, size, type SplitRows, type TableRange, textOf, type Wrong, wrongs,
} from "./plan_model.ts";

export interface Told {
  kinds: Options;
  modes: Options;
  ranges: TableRange[];
  holdings: Holding[];
  exposureCap: number;
  passMark: number;
  faults: Fault[];
  words: Words;
}

const NAMES: Partial<Record<NumberName | "difficulty" | "importance", string>> = {
  minutes: "minutes", papers: "papers", overlap: "overlap", exposure_cap: "exposureCap", per_point: "perPoint", uses: "uses",
  difficulty: "difficulty", importance: "importance",
};
const KEPT_NAMES = new Set(["cells", "enemies", "avoid", "target", "seconds"]);

export class PlanPage {
  private of: Plan;
  private fresh = true;
  private asText = false;
  private readonly names: Map<string, string>;
  private readonly body = h("div", { class: "be-plan" });
  private readonly summary = new Summary();
  private readonly gone = h("p", { class: "be-gone", role: "status" });
  private readonly swap: HTMLButtonElement;

  constructor(private readonly root: HTMLElement, private readonly text: HTMLTextAreaElement, private readonly told: Told) {
    this.of = blank(told.passMark);
    this.names = new Map(told.kinds.map(([code, name]) => [code, name]));
    this.swap = button(told.words.asText ?? "", () => this.swapView(), { class: "btn btn-quiet btn-small" });
  }

  start(): void {
    this.root.closest("form")?.classList.add("be-form");
    this.text.form?.addEventListener("reset", () => window.setTimeout(() => this.load()));
    // keys of their own kind stay in the fields: Enter never sends a half-written plan
    keys(this.body, {});
    this.root.append(this.summary.box, this.body, this.gone, this.swap);
    this.load();
  }

  private load(): void {
    const raw = this.text.value.trim();
    const found = raw ? planOf(parsed(raw)) : blank(this.told.passMark);
    // a text that is no plan stays a text: nothing of it is thrown away
    this.asText = found === null;
    if (found) this.of = found;
    this.show();
    if (!raw) this.write(false);
  }

  private swapView(): void {
    if (this.asText && !planOf(parsed(this.text.value))) {
      this.summary.say(this.told.words.badText ?? "", true);
      return;
    }
    this.asText = !this.asText;
    if (!this.asText) this.load();
    else {
      this.text.value = JSON.stringify(textOf(this.of), null, 2);
      this.show();
      this.text.focus();
    }
  }

  private show(): void {
    this.text.hidden = !this.asText;
    this.body.hidden = this.asText;
    this.swap.textContent = (this.asText ? this.told.words.asForm : this.told.words.asText) ?? "";
    if (this.asText) this.summary.say("", false);
    else this.draw();
  }

  private change(act: () => string | undefined): void {
    const key = act();
    this.fresh = false;
    this.draw();
    this.write(true);
    focusOn(this.body, key);
  }

  private typed(): void {
    this.fresh = false;
    this.write(false);
    this.tellAll();
  }

  private write(say: boolean): void {
    this.text.value = JSON.stringify(textOf(this.of));
    if (say) this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private draw(): void {
    const { words } = this.told;
    this.body.replaceChildren(
      this.part("kinds", this.kindLines()),
      this.part("head", this.head()),
      this.part("ranges", this.rangeLines()),
      this.part("difficulty", this.split("difficulty", this.of.difficulty, GRADES.map((grade) => [grade, grade === "1" ? (words.easy ?? "") : grade === "5" ? (words.hard ?? "") : grade]))),
      this.part("importance", this.split("importance", this.of.importance, LETTERS.map((letter) => [letter, words[letter] ?? letter]))),
      this.part("between", this.between()),
    );
    this.tellAll();
  }

  private part(word: string, children: HTMLElement[]): HTMLElement {
    const title = this.told.words[word] ?? "";
    return h("section", { class: "be-part", "aria-label": title }, h("h3", {}, title), ...children, h("p", { class: "wrong", hidden: true, "data-told": word }));
  }

  // ---- the parts ----

  private kindLines(): HTMLElement[] {
    const { words, kinds } = this.told;
    const caption = h("div", { class: "be-kind be-caption", "aria-hidden": "true" }, ...["kind", "count", "marks", "subtotal"].map((word) => h("span", {}, words[word])));
    const used = new Set(this.of.kinds.map((line) => line.kind));
    const rest = kinds.find(([code]) => !used.has(code));
    return [
      ...(this.of.kinds.length ? [caption] : []),
      ...this.of.kinds.map((line, at) => this.kindLine(line, at)),
      h("p", { class: "be-sum", "data-sum": "kinds" }),
      ...(rest ? [button(words.addKind ?? "", () => this.change(() => {
        this.of.kinds.push({ kind: rest[0], count: "", marks: "1" });
        return `kinds.${this.of.kinds.length - 1}.kind`;
      }), { class: "btn btn-small", "data-key": "kinds.add" })] : []),
    ];
  }

  private kindLine(line: KindLine, at: number): HTMLElement {
    const { words, kinds } = this.told;
    const [key, name] = [`kinds.${at}`, this.names.get(line.kind) ?? line.kind];
    const put = (what: "count" | "marks") => (value: string): void => {
      line[what] = value;
      this.typed();
    };
    const shift = (by: 1 | -1): void => {
      const what = document.activeElement?.getAttribute("data-key")?.split(".")[2] ?? "kind";
      this.change(() => `kinds.${move(this.of.kinds, at, by)}.${what}`);
    };
    const acts: Tools = { up: () => shift(-1), down: () => shift(1), remove: () => this.drop(name, this.of.kinds, at) };
    const row = h(
      "div",
      { class: "be-kind" },
      pick(words.kind ?? "", line.kind, `${key}.kind`, kinds, (value) => this.change(() => ((line.kind = value), `${key}.kind`))),
      box(`${name} ${words.count}`, line.count, `${key}.count`, put("count"), { inputmode: "numeric", maxlength: "4", placeholder: words.count ?? "" }),
      box(`${name} ${words.marks}`, line.marks, `${key}.marks`, put("marks"), { inputmode: "decimal", maxlength: "6", placeholder: words.marks ?? "" }),
      h("span", { class: "be-subtotal", "data-sum": key }),
      tools(words, name, key, acts),
    );
    keys(row, acts);
    return h("div", { class: "be-row" }, row, h("p", { class: "wrong", hidden: true, "data-told": key }));
  }

  private drop(name: string, rows: KindLine[], at: number): void {
    let back = (): void => undefined;
    this.change(() => {
      back = take([[rows, at]]);
      return rows.length ? `kinds.${Math.min(at, rows.length - 1)}.remove` : "kinds.add";
    });
    offerBack(this.gone, this.told.words, name, () => this.change(() => {
      back();
      return `kinds.${at}.kind`;
    }));
  }

  private number(name: NumberName, word: string, help?: string): HTMLElement {
    const control = box("", this.of.numbers[name], name, (value) => {
      this.of.numbers[name] = value;
      this.typed();
    }, { inputmode: name === "pass_mark" ? "decimal" : "numeric", maxlength: "6" });
    return field(this.told.words[word] ?? "", control, help);
  }

  private head(): HTMLElement[] {
    const { words, modes } = this.told;
    const mode = field(words.mode ?? "", pick("", this.of.mode, "mode", modes, (value) => this.change(() => ((this.of.mode = value), "mode"))));
    return [
      h(
        "div",
        { class: "be-numbers" },
        this.number("minutes", "minutes"), this.number("pass_mark", "passMark", filled(words.usual, { n: this.told.passMark })), mode,
        this.of.mode === "library" && this.number("papers", "papers"),
      ),
      h("p", { class: "be-sum", "data-sum": "head" }),
    ];
  }

  private rangeLines(): HTMLElement[] {
    const { words, ranges } = this.told;
    const leaves = leavesOf(ranges);
    const own = this.of.ranges !== null;
    const choose = pick(words.ranges ?? "", own ? "own" : "table", "ranges.how", [["table", words.byTable ?? ""], ["own", words.byPlan ?? ""]], (value) => this.change(() => {
      this.of.ranges = value === "own" ? leaves.map((row) => ({ code: row.code, weight: row.weight, count: "" })) : null;
      return "ranges.how";
    }));
    const names = new Map(ranges.map((row) => [row.code, row.name]));
    const lines = this.of.ranges ?? leaves.map((row) => ({ code: row.code, weight: row.weight, count: "" }));
    const rows = lines.map((line) => {
      const [key, name] = [`ranges.${line.code}`, `${line.code} ${names.get(line.code) ?? ""}`.trim()];
      const put = (what: "weight" | "count") => (value: string): void => {
        line[what] = value;
        this.typed();
      };
      return h(
        "tr",
        {},
        h("th", { scope: "row" }, h("span", { class: "code" }, line.code), ` ${names.get(line.code) ?? ""}`, h("p", { class: "wrong", hidden: true, "data-told": key })),
        h("td", { class: "num" }, own ? box(`${name} ${words.weight}`, line.weight, `${key}.weight`, put("weight"), { inputmode: "decimal", maxlength: "6" }) : line.weight),
        own && h("td", { class: "num" }, box(`${name} ${words.fixed}`, line.count, `${key}.count`, put("count"), { inputmode: "numeric", maxlength: "4" })),
        h("td", { class: "num", "data-sum": key }),
      );
    });
    const heads = [words.range, words.weight, ...(own ? [words.fixed] : []), words.works];
    return [
      choose,
      h("div", { class: "be-table" }, h("table", { class: "rows" }, h("caption", { class: "sr" }, words.ranges), h("thead", {}, h("tr", {}, ...heads.map((head, at) => h("th", { scope: "col", class: at ? "num" : null }, head)))), h("tbody", {}, ...rows))),
      ...(own ? [h("p", { class: "help" }, words.fixedHelp)] : []),
    ];
  }

  private split(word: "difficulty" | "importance", of: SplitRows, marks: readonly (readonly [string, string])[]): HTMLElement[] {
    const { words } = this.told;
    const title = words[word] ?? "";
    const ways = [["free", words.free ?? ""], ["counts", words.byCounts ?? ""], ["shares", words.byShares ?? ""], ["bounds", words.byBounds ?? ""]] as const;
    const choose = pick(title, of.how, `${word}.how`, ways, (value) => this.change(() => ((of.how = value as How), `${word}.how`)));
    if (of.how === "free") return [choose];
    const unit = { counts: words.count, shares: words.share, bounds: words.least }[of.how] ?? "";
    const cell = (mark: string, face: string, table: Record<string, string>, what: string, key: string): HTMLElement =>
      box(`${title} ${face} ${what}`, table[mark] ?? "", `${word}.${mark}.${key}`, (value) => {
        table[mark] = value;
        this.typed();
      }, { inputmode: "decimal", maxlength: "5", placeholder: what });
    const rows = marks.map(([mark, face]) =>
      h("div", { class: "be-mark" }, h("span", {}, face), cell(mark, face, of.value, unit, "value"), of.how === "bounds" && cell(mark, face, of.most, words.most ?? "", "most")),
    );
    const slack = of.how !== "bounds" && field(words.tolerance ?? "", box("", of.tolerance, `${word}.tolerance`, (value) => {
      of.tolerance = value;
      this.typed();
    }, { inputmode: "numeric", maxlength: "3" }));
    return [choose, h("div", { class: "be-marks" }, ...rows), ...(slack ? [slack] : [])];
  }

  private between(): HTMLElement[] {
    const { words } = this.told;
    const found = [
      h(
        "div",
        { class: "be-numbers" },
        this.number("overlap", "overlap", words.usualFree), this.number("exposure_cap", "exposureCap", filled(words.usual, { n: this.told.exposureCap })),
        this.number("per_point", "perPoint", filled(words.usual, { n: 1 })), this.number("uses", "uses", words.usualFree),
      ),
    ];
    const kept = Object.keys(this.of.kept);
    if (kept.length) found.push(h("p", { class: "hint" }, filled(words.kept, { names: kept.map((key) => (KEPT_NAMES.has(key) ? words[key] : key)).join(" ") })) as unknown as HTMLDivElement);
    return found;
  }

  // ---- what is said ----

  private tellAll(): void {
    const { words, ranges, holdings } = this.told;
    const found = wrongs(this.of, { names: this.names, table: ranges, holdings });
    const hard = found.filter((one) => !one.soft);
    const said = (one: Wrong): string => filled(words[one.word], { ...one.places, ...(typeof one.places.name === "string" ? { name: this.nameOf(one.places.name) } : {}) });
    const faults = this.fresh ? this.told.faults.map((fault) => ({ ...fault, at: placeOf(fault.said, this.of) })) : [];
    for (const mark of this.body.querySelectorAll<HTMLElement>("[data-told]")) {
      const own = found.filter((one) => one.at === mark.dataset.told);
      const server = own.some((one) => !one.soft) ? [] : faults.filter((fault) => fault.at === mark.dataset.told).map((fault) => fault.what);
      tell(mark, [...own.map(said), ...server]);
      mark.classList.toggle("soft", own.every((one) => one.soft) && server.length === 0);
    }
    this.sums();
    this.summary.say(hard.length ? filled(words.found, { n: hard.length }) : (words.fine ?? ""), hard.length > 0, hard.map((one) => this.way(one, said(one))));
  }

  private nameOf(key: string): string {
    const word = NAMES[key as NumberName];
    return word ? (this.told.words[word] ?? key) : key;
  }

  private way(one: Wrong, said: string): HTMLElement {
    return h("button", { type: "button", class: "link-button", click: () => {
      const at = [one.at, `${one.at}.count`, `${one.at}.how`, `${one.at}.0.count`, `${one.at}.add`].find((key) => this.body.querySelector(`[data-key="${CSS.escape(key)}"]`));
      focusOn(this.body, at);
    } }, said);
  }

  private sums(): void {
    const { words, holdings } = this.told;
    const put = (key: string, text: string): void => {
      const at = this.body.querySelector(`[data-sum="${CSS.escape(key)}"]`);
      if (at) at.textContent = text;
    };
    const [total, marks] = [size(this.of), marksOf(this.of.kinds)];
    for (const [at, line] of this.of.kinds.entries()) {
      const held = holdings.filter(([kind]) => kind === line.kind).reduce((all, [, , n]) => all + n, 0);
      put(`kinds.${at}`, `${filled(words.points, { n: marksOf([line]) })} · ${words.held} ${held}`);
    }
    put("kinds", `${words.total}${words.colon}${filled(words.size, { n: total })} · ${filled(words.points, { n: marks })}`);
    this.body.querySelector('[data-sum="kinds"]')?.classList.toggle("uneven", marks !== "100");
    const minutes = count(this.of.numbers.minutes);
    put("head", total && minutes ? filled(words.perItem, { n: String(Number((minutes / total).toFixed(2))) }) : "");
    for (const [code, n] of rangeCounts(this.of, this.told.ranges)) put(`ranges.${code}`, String(n));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
