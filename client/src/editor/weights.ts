// 权重表: a grid of functions and columns with the sum of each column as it is typed.
import { button, filled, h, menu } from "./dom.ts";
import { type Column, fits, gridOf, insertLevelled, off, sum, weigh } from "./model.ts";
import type { Editor } from "./page.ts";
import { levels, remove } from "./rows.ts";

const FULL = 100;

export function weights(ed: Editor): HTMLElement {
  const { say } = ed.words;
  const several = (ed.of.standard.directions ?? []).length > 0;
  // with directions the columns of all levels together are too many to be read side by side
  const shown = several ? [ed.level] : ed.of.standard.levels;
  return h(
    "div",
    { "data-path": "weights" },
    several && levels(ed),
    h("p", { class: "hint" }, say.gridHint),
    ...["theory", "practical"].map((part) => grid(ed, part, shown, several)),
  );
}

function face(ed: Editor, column: Column): string {
  const level = ed.words.choices.levels.find(([code]) => code === column.level)?.[1] ?? column.level;
  return column.direction ? `${level}${ed.words.say.place}${column.direction}` : level;
}

function grid(ed: Editor, part: string, shown: readonly string[], several: boolean): HTMLElement {
  const { say, fields, choices } = ed.words;
  const title = choices.parts.find(([code]) => code === part)?.[1] ?? part;
  const { columns, names } = gridOf(ed.of, part, shown, choices);
  const add = menu(say.addColumn ?? "", missing(ed, part, shown), (key) => {
    const [level = "", direction] = key.split("\n");
    insertLevelled(ed.of.weights, { part, level, ...(direction ? { direction } : {}), rows: [] });
    ed.redraw();
  });
  const feet: HTMLElement[] = [];
  const total = (column: Column, cell: HTMLElement): void => {
    const values = column.rows.map((each) => each.weight);
    const { by, text } = off(values, FULL);
    cell.classList.toggle("uneven", by !== 0);
    cell.replaceChildren(h("b", {}, sum(values)), " ", h("span", {}, by === 0 ? (say.even ?? "") : filled(by < 0 ? say.missing : say.over, { n: text })));
  };
  const cell = (column: Column, at: number, name: string, foot: HTMLElement): HTMLElement => {
    const place = column.rows.findIndex((each) => each.name === name);
    const own = fits(ed.of, column, name, choices);
    if (!own && place < 0) return h("td", { class: "blank" }, h("span", { class: "sr" }, say.notWeighed));
    const input = h("input", {
      type: "text", inputmode: "decimal", class: own ? "control weight" : "control weight stray", value: String(column.rows[place]?.weight ?? ""), autocomplete: "off",
      title: own ? null : say.stray, "aria-label": `${name}${say.comma}${face(ed, column)}${own ? "" : `${say.comma}${say.stray}`}`,
      "data-path": place < 0 ? null : `weights.${at}.rows.${place}`, "data-brief": true,
      input: () => {
        weigh(column, name, input.value, names);
        total(column, foot);
        ed.changed();
      },
    });
    return h("td", {}, input);
  };
  const body = h("tbody");
  for (const { column, at } of columns) {
    const foot = h("td", { class: "num", "data-path": `weights.${at}`, "data-brief": true, tabindex: -1 });
    total(column, foot);
    feet.push(foot);
  }
  for (const name of names) body.append(h("tr", {}, h("th", { scope: "row" }, name), ...columns.map(({ column, at }, place) => cell(column, at, name, feet[place] as HTMLElement))));
  const table = h(
    "table",
    { class: "rows weights" },
    h("caption", { class: "sr" }, `${title} ${fields.weight}`),
    h("thead", {}, h("tr", {}, h("td", {}), ...columns.map(({ column, at }) => h("th", { scope: "col" }, several ? column.direction || say.allDirections : face(ed, column), " ", button("✕", () => remove(ed, face(ed, column), [[ed.of.weights, at]]), { class: "btn btn-quiet btn-small row-tool", "aria-label": filled(say.removeThis, { name: face(ed, column) }), title: say.remove }))))),
    body,
    h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, say.sum), ...feet)),
  );
  // the arrows walk the grid as in a workbook
  table.addEventListener("keydown", (event) => {
    if (event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown" && event.key !== "Enter")) return;
    const from = (event.target as Element).closest("td");
    const line = from?.parentElement;
    if (!from || !line) return;
    event.preventDefault();
    const to = event.key === "ArrowUp" ? line.previousElementSibling : line.nextElementSibling;
    const input = to?.children[[...line.children].indexOf(from)]?.querySelector("input");
    input?.focus();
    input?.select();
  });
  return h(
    "section",
    { class: "grid" },
    h("h3", {}, title),
    columns.length && names.length ? h("div", { class: "table-wrap", tabindex: 0, role: "region", "aria-label": `${title} ${fields.weight}` }, table) : h("p", { class: "hint" }, say.noFunctions),
    add,
  );
}

/** Columns that could be there and are not: each level in common, and each of its directions. */
function missing(ed: Editor, part: string, shown: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (const level of shown)
    for (const direction of ["", ...(ed.of.standard.directions ?? []).filter(Boolean)]) {
      const there = ed.of.weights.some((one) => one.part === part && one.level === level && (one.direction ?? "") === direction);
      const may = ed.words.choices.partsOf[level]?.possible.includes(part);
      if (!there && may) found.push([`${level}\n${direction}`, face(ed, { part, level, direction, rows: [] })]);
    }
  return found;
}
