// The editor of an element table: ranges on three levels with their weights, points below those of the last one.
import { button, filled, h } from "../editor/dom.ts";
import { take } from "../editor/model.ts";
import { box, type Fault, focusOn, keys, list, offerBack, pick, Summary, tell, tools, type Tools, type Words } from "./controls.ts";
import {
  balance, codesOf, DEEPEST, type Finding, forsaken, FULL, type Limits, movePoint, moveRange, newPoint, newRange, nextCode,
  type Node, pasted, type Point, type PointRow, type RangeRow, rowsOf, stepOf, suggestions, tree, walk, wrongs,
} from "./table_model.ts";

export interface Told { limits: Limits; items: Record<string, number>; faults: Fault[]; words: Words }

const FOLD_FROM = 30;
const MOST_SHOWN = 12;

export class TablePage {
  private top: Node[] = [];
  private readonly open = new WeakSet<object>();
  private readonly numbers = new WeakMap<object, number>();
  private next = 1;
  private fresh = true;
  /** Where the findings of a row, and the sums of what lies below a range, are written. */
  private marks = new Map<object, HTMLElement>();
  private sums = new Map<object | null, HTMLElement>();
  private readonly body = h("div", { class: "be-rows" });
  private readonly summary = new Summary();
  private readonly more = h("details", { class: "be-more" });
  private readonly gone = h("p", { class: "be-gone", role: "status" });

  constructor(private readonly root: HTMLElement, private readonly ranges: HTMLTextAreaElement, private readonly points: HTMLTextAreaElement, private readonly told: Told) {}

  start(): void {
    this.root.closest("form")?.classList.add("be-form");
    const { words } = this.told;
    const all = (open: boolean): void => {
      for (const { node } of walk(this.top)) if (open) this.open.add(node);
        else this.open.delete(node);
      this.draw();
    };
    this.root.append(
      this.summary.box,
      this.more,
      h("div", { class: "btns" }, button(words.openAll ?? "", () => all(true), { class: "btn btn-quiet btn-small" }), button(words.closeAll ?? "", () => all(false), { class: "btn btn-quiet btn-small" })),
      this.body,
      this.gone,
      button(words.addTop ?? "", () => this.change(() => `${this.key(newRange(this.top, null))}.code`)),
      h("p", { class: "help" }, words.hint),
    );
    // a form put back to what it was puts its fields back; the rows are drawn from them
    this.ranges.form?.addEventListener("reset", () => window.setTimeout(() => this.load()));
    this.load();
  }

  private load(): void {
    this.top = tree(parsed<RangeRow>(this.ranges.value), parsed<PointRow>(this.points.value));
    const nodes = [...walk(this.top)].map(({ node }) => node);
    if (nodes.reduce((all, node) => all + node.points.length, 0) <= FOLD_FROM) for (const node of nodes) this.open.add(node);
    this.draw();
  }

  /** Something was added, moved or taken away: the rows anew, the fields, and the cursor where the act says. */
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
    const rows = rowsOf(this.top);
    this.ranges.value = rows.ranges.length ? JSON.stringify(rows.ranges) : "";
    this.points.value = rows.points.length ? JSON.stringify(rows.points) : "";
    // drafts are kept of what is typed; a button types nothing
    if (say) this.ranges.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private key(of: object): string {
    const found = this.numbers.get(of) ?? this.next++;
    this.numbers.set(of, found);
    return `r${found}`;
  }

  // ---- rows ----

  private draw(): void {
    const { words } = this.told;
    this.marks = new Map();
    this.sums = new Map();
    const first = h("p", { class: "be-sum" });
    this.sums.set(null, first);
    const steps = [...walk(this.top)];
    const caption = h("div", { class: "be-line be-caption", "aria-hidden": "true" }, h("span", {}, words.range), h("span", {}, words.code), h("span", {}, words.name), h("span", {}, words.percent));
    this.body.replaceChildren(...(steps.length ? [caption, ...steps.map(({ node, depth }) => this.range(node, depth)), first] : [h("p", { class: "hint" }, words.empty)]));
    this.tellAll();
  }

  private range(node: Node, depth: number): HTMLElement {
    const { words } = this.told;
    const [key, level] = [this.key(node), words[`level${depth}`] ?? ""];
    const label = (word: string): string => `${level} ${words[word]}`;
    const put = (name: "code" | "name" | "weight") => (value: string): void => {
      node[name] = value;
      this.typed();
    };
    const acts: Tools = { up: () => this.shift(node, -1), down: () => this.shift(node, 1), remove: () => this.dropRange(node) };
    const line = h(
      "div",
      { class: "be-line" },
      h("span", { class: "be-level" }, level),
      box(label("code"), node.code, `${key}.code`, put("code"), { maxlength: "30", placeholder: words.code ?? "" }),
      box(label("name"), node.name, `${key}.name`, put("name"), { maxlength: "120", placeholder: words.name ?? "" }),
      box(label("weight"), node.weight, `${key}.weight`, put("weight"), { inputmode: "decimal", maxlength: "8", placeholder: words.weight ?? "" }),
      tools(words, `${node.code} ${node.name}`.trim(), key, acts),
    );
    keys(line, acts);
    const mark = h("p", { class: "wrong", hidden: true });
    this.marks.set(node, mark);
    const below = node.children.length > 0;
    const sum = below ? h("p", { class: "be-sum" }) : null;
    if (sum) this.sums.set(node, sum);
    return h(
      "section",
      { class: `be-range be-depth-${depth}`, "aria-label": `${level} ${node.code}` },
      line, mark, sum,
      !below && node.points.length > 0 && this.fold(node),
      h(
        "div",
        { class: "btns" },
        !below && node.points.length === 0 && button(words.addPoint ?? "", () => this.addPoint(node), { class: "btn btn-quiet btn-small", "data-key": `${key}.add` }),
        depth < DEEPEST && node.points.length === 0 && button(words.addBelow ?? "", () => this.change(() => `${this.key(newRange(this.top, node))}.code`), { class: "btn btn-quiet btn-small" }),
      ),
    );
  }

  private fold(node: Node): HTMLElement {
    const { words } = this.told;
    const made = h("details", { class: "be-points", open: this.open.has(node) }, h("summary", {}, filled(words.points, { n: node.points.length })));
    made.addEventListener("toggle", () => void (made.open ? this.open.add(node) : this.open.delete(node)));
    made.append(
      ...node.points.map((point) => this.point(node, point)),
      button(words.addPoint ?? "", () => this.addPoint(node), { class: "btn btn-quiet btn-small", "data-key": `${this.key(node)}.add` }),
    );
    return made;
  }

  private point(node: Node, point: Point): HTMLElement {
    const { words, items } = this.told;
    const key = this.key(point);
    const label = (word: string): string => `${words.point} ${words[word]}`;
    const shift = (by: 1 | -1): void => this.change(() => {
      this.open.add(movePoint(this.top, node, point, by));
      return `${key}.${document.activeElement?.getAttribute("data-key")?.split(".")[1] ?? "code"}`;
    });
    const acts: Tools = { up: () => shift(-1), down: () => shift(1), remove: () => this.dropPoint(node, point) };
    const held = items[point.was ?? ""] ?? 0;
    const letters = [["X", words.X ?? "X"], ["Y", words.Y ?? "Y"], ["Z", words.Z ?? "Z"]] as const;
    const put = (name: "code" | "name") => (value: string): void => {
      point[name] = value;
      this.typed();
    };
    const row = h(
      "div",
      { class: "be-point" },
      box(label("code"), point.code, `${key}.code`, put("code"), { maxlength: "30", placeholder: words.code ?? "" }),
      box(label("name"), point.name, `${key}.name`, put("name"), { maxlength: "120", placeholder: words.name ?? "" }),
      pick(label("importance"), point.importance, `${key}.importance`, letters, (value) => {
        point.importance = value;
        this.typed();
      }),
      h("span", { class: "hint" }, held > 0 ? filled(words.items, { n: held }) : ""),
      tools(words, `${point.code} ${point.name}`.trim(), key, acts),
    );
    keys(row, acts, () => this.addPoint(node, node.points.indexOf(point) + 1));
    row.addEventListener("paste", (event) => {
      const rows = (event.target as Element).matches("input") ? pasted(event.clipboardData?.getData("text/plain") ?? "") : null;
      if (!rows) return;
      event.preventDefault();
      this.paste(node, point, rows);
    });
    const mark = h("p", { class: "wrong", hidden: true });
    this.marks.set(point, mark);
    return h("div", { class: "be-point-row" }, row, mark);
  }

  // ---- what is done to rows ----

  private shift(node: Node, by: 1 | -1): void {
    const what = document.activeElement?.getAttribute("data-key")?.split(".")[1] ?? "code";
    this.change(() => (moveRange(this.top, node, by), `${this.key(node)}.${what}`));
  }

  private addPoint(node: Node, at?: number): void {
    this.change(() => {
      this.open.add(node);
      return `${this.key(newPoint(this.top, node, at))}.name`;
    });
  }

  private paste(node: Node, point: Point, rows: readonly { code: string; name: string; importance: string }[]): void {
    this.change(() => {
      let at = node.points.indexOf(point);
      if (point.name.trim() === "") node.points.splice(at--, 1);
      let last: Point = point;
      for (const row of rows) {
        const code = row.code || nextCode(node.points[at]?.code ?? point.code, `${node.code}-001`, codesOf(this.top).points);
        last = { ...row, code };
        node.points.splice(++at, 0, last);
      }
      return `${this.key(last)}.name`;
    });
  }

  private dropRange(node: Node): void {
    const step = stepOf(this.top, node);
    if (step) this.drop(`${node.code} ${node.name}`.trim(), step.siblings, step.at, step.parent ? `${this.key(step.parent)}.remove` : undefined);
  }

  private dropPoint(node: Node, point: Point): void {
    this.drop(`${point.code} ${point.name}`.trim(), node.points, node.points.indexOf(point), `${this.key(node)}.add`);
  }

  private drop(name: string, rows: object[], at: number, otherwise: string | undefined): void {
    let back = (): void => undefined;
    this.change(() => {
      back = take([[rows, at]]);
      const neighbour = rows[at] ?? rows[at - 1];
      return neighbour ? `${this.key(neighbour)}.remove` : otherwise;
    });
    offerBack(this.gone, this.told.words, name, () => this.change(() => {
      back();
      return `${this.key(rows[at] as object)}.code`;
    }));
  }

  // ---- what is said ----

  private tellAll(): void {
    const { words, limits, items } = this.told;
    for (const [of, at] of this.sums) this.tellSum(of as Node | null, at);
    const said = (finding: Finding): string => filled(words[finding.word], finding.places);
    const bad = this.top.length ? [...wrongs(this.top), ...forsaken(this.top, items)] : [];
    for (const [on, mark] of this.marks) tell(mark, [...bad.filter((finding) => finding.on === on).map(said), ...this.faultsOn(on as Node | Point, bad)]);
    const shown = bad.slice(0, MOST_SHOWN);
    const count = this.top.length === 0 ? "" : bad.length ? filled(words.found, { n: bad.length }) : (words.fine ?? "");
    const rest = bad.length > MOST_SHOWN && filled(words.more, { n: bad.length - MOST_SHOWN });
    this.summary.say(count, bad.length > 0, [...shown.map((finding) => this.way(finding, said(finding))), ...(rest ? [rest] : [])]);
    const lacking = this.top.length ? suggestions(this.top, limits) : [];
    this.more.hidden = lacking.length === 0;
    this.more.replaceChildren(h("summary", {}, filled(words.suggests, { n: lacking.length })), list(lacking.map((finding) => this.way(finding, said(finding)))));
  }

  /** What the server found on a row, until something is changed; what the page itself says of it is not said twice. */
  private faultsOn(on: Node | Point, bad: readonly Finding[]): string[] {
    if (!this.fresh || bad.some((finding) => finding.on === on)) return [];
    const name = `${"importance" in on ? "鉴定点" : "鉴定范围"} ${on.code}`;
    return this.told.faults.filter(({ said }) => said.startsWith(name) && !/^[\w.-]/.test(said.slice(name.length))).map(({ what }) => what);
  }

  /** A finding that leads to its row. */
  private way(finding: Finding, said: string): HTMLElement {
    const on = finding.on;
    if (!on) return h("span", {}, said);
    return h("button", { type: "button", class: "link-button", click: () => {
      const holder = [...walk(this.top)].find(({ node }) => node.points.includes(on as Point))?.node;
      if (holder && !this.open.has(holder)) {
        this.open.add(holder);
        this.draw();
      }
      focusOn(this.body, `${this.key(on)}.code`);
    } }, said);
  }

  private tellSum(of: Node | null, at: HTMLElement): void {
    const { words } = this.told;
    const { sum, by, text, whole } = balance(this.top, of);
    const word = by === 0 ? words.even : by < 0 ? words.lacks : words.over;
    at.classList.toggle("uneven", by !== 0);
    at.textContent = `${of ? words.below : words.first}${words.colon}${filled(word, { n: sum, by: text })}${by === 0 ? "" : ` / ${of ? whole : FULL}`}`;
  }
}

function parsed<T>(text: string): T[] {
  try {
    const found: unknown = JSON.parse(text || "[]");
    return Array.isArray(found) ? found.filter((row): row is T => row !== null && typeof row === "object") : [];
  } catch {
    return [];
  }
}
