// 工作要求: level → function → content → skills and knowledge.
import { button, choose, filled, h, text } from "./dom.ts";
import { lines } from "./lines.ts";
import { insertLevelled, move, moveLevelled, ofLevel, renameFunction, renumberContents, renumberFunctions, type WorkFunction } from "./model.ts";
import type { Editor } from "./page.ts";
import { fold, levels, remove, row } from "./rows.ts";

type Plain = Record<string, unknown>;

export function work(ed: Editor): HTMLElement {
  const { say } = ed.words;
  const own = ofLevel(ed.of.function, ed.level);
  // one function is short enough to stand open; of many, the list of their names comes first
  const first = own[0]?.row;
  if (first && !ed.seen.has(first)) {
    ed.seen.add(first);
    if (!own.some(({ row: one }) => ed.open.has(one))) ed.open.add(first);
  }
  const all = (open: boolean): void => {
    for (const { row: one } of own) if (open) ed.open.add(one);
      else ed.open.delete(one);
    ed.show();
  };
  return h(
    "div",
    { "data-path": "function" },
    levels(ed),
    h("p", { class: "hint" }, say.linesHint),
    own.length > 1 && h("div", { class: "btns" }, button(say.openAll ?? "", () => all(true), { class: "btn btn-quiet btn-small" }), button(say.closeAll ?? "", () => all(false), { class: "btn btn-quiet btn-small" })),
    ...own.map(({ row: one, at }) => workFunction(ed, one, at)),
    ed.level && button(say.addFunction ?? "", () => {
      const made: WorkFunction = { level: ed.level, code: String(own.length + 1), name: "", content: [] };
      made.content.push({ code: `${made.code}.1`, name: "", skills: [""], knowledge: [""] });
      const at = insertLevelled(ed.of.function, made);
      renumberFunctions(ed.of, ed.level);
      ed.open.add(made);
      ed.redraw(`[data-path="function.${at}.name"]`);
    }),
  );
}

function workFunction(ed: Editor, one: WorkFunction, at: number): HTMLElement {
  const { say, fields } = ed.words;
  const path = `function.${at}`;
  const title = h("b");
  const said = h("span", { class: "hint" });
  const tell = (): void => {
    title.textContent = `${one.code} ${one.name || say.unnamed}`;
    const [skills, knowledge] = [one.content.flatMap((each) => each.skills).length, one.content.flatMap((each) => each.knowledge).length];
    said.textContent = [one.direction, filled(say.counts, { contents: one.content.length, skills, knowledge })].filter(Boolean).join(say.place);
  };
  tell();
  let taken = one.name;
  const directions = (ed.of.standard.directions ?? []).filter(Boolean).map((name) => [name, name] as const);
  return row(
    ed,
    {
      path,
      name: one.name,
      move: (by) => {
        const to = moveLevelled(ed.of.function, at, by);
        renumberFunctions(ed.of, one.level);
        return `function.${to}`;
      },
      remove: () => {
        const shared = ed.of.function.some((other) => other !== one && other.level === one.level && other.name === one.name);
        const weights = shared ? [] : ed.of.weights.filter((column) => column.level === one.level);
        const rows = weights.map((column) => [column.rows, column.rows.findIndex((each) => each.name === one.name)] as const).filter(([, place]) => place >= 0);
        remove(ed, one.name, [[ed.of.function, at], ...rows], () => renumberFunctions(ed.of, one.level));
      },
    },
    fold(ed, one, [title, " ", said], () => [
      h(
        "div",
        { class: "function-head" },
        text(ed, one as unknown as Plain, "code", { path: `${path}.code`, label: fields.code ?? "", then: () => {
          one.code ??= "";
          renumberContents(one);
          tell();
        } }),
        text(ed, one as unknown as Plain, "name", { path: `${path}.name`, label: fields.name ?? "", then: () => {
          one.name ??= "";
          if (renameFunction(ed.of, one, taken)) taken = one.name;
          tell();
        } }),
        (directions.length > 0 || one.direction) && choose(ed, one as unknown as Plain, "direction", { path: `${path}.direction`, label: fields.direction ?? "", then: tell }, directions, say.allDirections),
      ),
      ...one.content.map((content, place) => {
        const inside = `${path}.content.${place}`;
        return row(
          ed,
          {
            path: inside,
            name: content.name,
            move: (by) => {
              const to = move(one.content, place, by);
              renumberContents(one);
              return `${path}.content.${to}`;
            },
            remove: () => remove(ed, content.name, [[one.content, place]], () => renumberContents(one)),
          },
          text(ed, content as unknown as Plain, "name", { path: `${inside}.name`, label: `${fields.content} ${content.code}` }),
          lines(ed, content.skills, { path: `${inside}.skills`, label: fields.skills ?? "", star: true, number: (line) => `${content.code}.${line + 1}` }),
          lines(ed, content.knowledge, { path: `${inside}.knowledge`, label: fields.knowledge ?? "", number: (line) => `${content.code}.${line + 1}` }),
        );
      }),
      button(say.addContent ?? "", () => {
        one.content.push({ code: "", name: "", skills: [""], knowledge: [""] });
        renumberContents(one);
        ed.redraw(`[data-path="${path}.content.${one.content.length - 1}.name"]`);
      }),
    ]),
  );
}
