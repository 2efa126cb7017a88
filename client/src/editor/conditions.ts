// 申报条件: for each level its conditions; of each only what it asks, and the sentence that follows from it.
import { type Options, area, button, choose, digits, filled, h, menu, text, tick, ticks } from "./dom.ts";
import { type Condition, insertLevelled, moveLevelled, ofLevel, renumberConditions } from "./model.ts";
import type { Editor } from "./page.ts";
import { levels, remove, row } from "./rows.ts";
import { sentence } from "./sentence.ts";

/** What can be asked, in the order of the text, with what it begins as. */
const DEMANDS: readonly (readonly [string, unknown])[] = [
  ["min_age", 16],
  ["total_years", 1],
  ["apprenticeship", true],
  ["requires_level", ""],
  ["years_after_level", 1],
  ["holding_years", 1],
  ["preparatory_technician", true],
  ["title_rank", "junior"],
  ["years_after_title", 1],
  ["school_kinds", []],
  ["approved_list", "higher_vocational"],
];
const NUMBERS = new Set(["min_age", "total_years", "years_after_level", "holding_years", "years_after_title"]);
const STANDINGS = ["final_year_allowed", "enrolled_allowed", "student_only"];

export function conditions(ed: Editor): HTMLElement {
  const { say } = ed.words;
  const own = ofLevel(ed.of.condition, ed.level);
  return h(
    "div",
    { "data-path": "condition" },
    levels(ed),
    ...own.map(({ row: one, at }) => condition(ed, one, at)),
    ed.level && button(say.addCondition ?? "", () => {
      const at = insertLevelled(ed.of.condition, { level: ed.level, seq: own.length + 1, clause: "P3", source: own[own.length - 1]?.row.source ?? "" });
      ed.redraw(`[data-path="condition.${at}.text"]`);
    }),
  );
}

function condition(ed: Editor, one: Condition, at: number): HTMLElement {
  const { say, fields, choices } = ed.words;
  const path = `condition.${at}`;
  const name = filled(say.condition, { n: one.seq });
  const told = h("p", { class: "reads", "aria-live": "polite" });
  const read = (): void => {
    const said = sentence(one, ed.words.sentence, { levels: choices.levels, titles: choices.titles, schools: choices.schools, lists: choices.lists });
    told.textContent = said ? `${ed.words.sentence.reads}${said}` : (ed.words.sentence.nothing ?? "");
    told.classList.toggle("missing", !said);
  };
  read();
  const asked = DEMANDS.filter(([key]) => one[key] !== undefined);
  const left: Options = DEMANDS.filter(([key]) => one[key] === undefined).map(([key]) => [key, fields[key] ?? key] as const);
  return row(
    ed,
    {
      path,
      name,
      move: (by) => {
        const to = moveLevelled(ed.of.condition, at, by);
        renumberConditions(ed.of, one.level);
        return `condition.${to}`;
      },
      remove: () => remove(ed, name, [[ed.of.condition, at]], () => renumberConditions(ed.of, one.level)),
    },
    h("h3", {}, name),
    area(ed, one, "text", { path: `${path}.text`, label: fields.text ?? "" }),
    h(
      "div",
      { class: "demands" },
      ...asked.map(([key]) => demand(ed, one, key, `${path}.${key}`, read)),
      menu(`${say.addRequirement}`, left, (key) => {
        one[key] = structuredClone(DEMANDS.find(([known]) => known === key)?.[1]);
        ed.redraw(`[data-row="${path}"] [data-demand="${key}"] :is(input, select, button)`);
      }),
    ),
    told,
    h("div", { class: "pair" }, text(ed, one, "source", { path: `${path}.source`, label: fields.source ?? "" }), choose(ed, one, "clause", { path: `${path}.clause`, label: fields.clause ?? "" }, choices.clauses)),
  );
}

function demand(ed: Editor, one: Condition, key: string, path: string, then: () => void): HTMLElement {
  const { say, fields, choices } = ed.words;
  const label = fields[key] ?? key;
  const drop = button("✕", () => {
    const before = { ...one };
    delete one[key];
    if (key === "school_kinds") for (const name of ["major_required", ...STANDINGS]) delete one[name];
    ed.removed(filled(say.removed, { name: label }), () => Object.assign(one, before));
  }, { class: "btn btn-quiet btn-small row-tool", "aria-label": filled(say.removeThis, { name: label }), title: say.remove });
  return h("div", { class: key === "school_kinds" ? "demand wide" : "demand", "data-demand": key }, ...inside(), drop);

  function inside(): HTMLElement[] {
    const of = { path, label, then };
    if (NUMBERS.has(key)) return [kept(digits(ed, one, key, of))];
    if (key === "requires_level") return [kept(choose(ed, one, key, of, choices.levels.filter(([code]) => code !== "Z")))];
    if (key === "title_rank") return [choose(ed, one, key, of, choices.titles)];
    if (key === "approved_list") return [choose(ed, one, key, of, choices.lists)];
    if (key !== "school_kinds") return [h("p", { class: "demand-name", "data-path": path }, label)];
    const part = path.slice(0, -key.length);
    return [
      h(
        "div",
        { class: "schools" },
        ticks(ed, one.school_kinds as string[], of, choices.schools, (now) => {
          one.school_kinds = now;
          then();
        }),
        tick(ed, one, "major_required", { path: `${part}major_required`, label: fields.major_required ?? "", then }, true),
        ...STANDINGS.map((name) => tick(ed, one, name, { path: part + name, label: fields[name] ?? name, then })),
      ),
    ];
  }
  // an emptied number stays a demand: the server then says that it is missing
  function kept(made: HTMLElement): HTMLElement {
    made.addEventListener("input", () => {
      if (one[key] === undefined) one[key] = "";
    });
    return made;
  }
}
