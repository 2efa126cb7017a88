// 考核方案, 评分表, 等级折算.
import { area, button, choose, digits, filled, h, menu, text, ticks } from "./dom.ts";
import { type Design, insertLevelled, move, moveLevelled, newDesign, nextCode, off, ofLevel, sum, type Task } from "./model.ts";
import type { Editor } from "./page.ts";
import { fold, levels, remove, row } from "./rows.ts";

type Plain = Record<string, unknown>;
// what the text means when it says nothing
const FULL = 100;
const PASS = 60;

export function designs(ed: Editor): HTMLElement {
  const { say } = ed.words;
  const own = ofLevel(ed.of.design, ed.level);
  return h(
    "div",
    { "data-path": "design" },
    levels(ed),
    ...own.map(({ row: one, at }) => design(ed, one, at)),
    ed.level && own.length === 0 && button(say.addDesign ?? "", () => {
      insertLevelled(ed.of.design, newDesign(ed.level, ed.words.choices));
      ed.redraw();
    }),
  );
}

function design(ed: Editor, one: Design, at: number): HTMLElement {
  const { say, fields, choices } = ed.words;
  const path = `design.${at}`;
  const review = one.part.some((part) => part.kind === "review");
  const numbers = ["evaluators", "evaluator_ratio", "invigilator_ratio", ...(review || one.committee !== undefined ? ["committee"] : [])];
  const left = choices.parts.filter(([kind]) => choices.partsOf[one.level]?.possible.includes(kind) && !one.part.some((part) => part.kind === kind));
  return h(
    "div",
    { "data-path": path },
    h("div", { class: "numbers" }, ...numbers.map((name) => digits(ed, one, name, { path: `${path}.${name}`, label: fields[name] ?? name }))),
    h(
      "div",
      { "data-path": `${path}.part` },
      ...one.part.map((part, place) => {
        const inside = `${path}.part.${place}`;
        const name = choices.parts.find(([kind]) => kind === part.kind)?.[1] ?? part.kind;
        const plain = part as unknown as Plain;
        return row(
          ed,
          { path: inside, name, remove: () => remove(ed, name, [[one.part, place]]) },
          h("h3", { "data-path": `${inside}.kind` }, name),
          ticks(ed, part.methods, { path: `${inside}.methods`, label: fields.methods ?? "" }, choices.methods, (now) => (part.methods = now)),
          h(
            "div",
            { class: "numbers" },
            digits(ed, plain, "minutes", { path: `${inside}.minutes`, label: fields.minutes ?? "" }),
            digits(ed, plain, "marks", { path: `${inside}.marks`, label: fields.full_marks ?? "", fallback: FULL }),
            digits(ed, plain, "pass_mark", { path: `${inside}.pass_mark`, label: fields.pass_mark ?? "", fallback: PASS }),
          ),
        );
      }),
    ),
    menu(say.addPart ?? "", left, (kind) => {
      one.part.push({ kind, methods: [], minutes: 60 });
      if (kind === "review") one.committee ??= choices.design.committee;
      ed.redraw(`[data-row="${path}.part.${one.part.length - 1}"] input`);
    }),
  );
}

export function tasks(ed: Editor): HTMLElement {
  const { say } = ed.words;
  const own = ofLevel(ed.of.task, ed.level);
  return h(
    "div",
    { "data-path": "task" },
    levels(ed),
    ...own.map(({ row: one, at }) => task(ed, one, at)),
    ed.level && button(say.addTask ?? "", () => {
      const practical = ed.words.choices.partsOf[ed.level]?.possible.includes("practical");
      const made: Task = { level: ed.level, ...(practical ? {} : { part: "review" }), title: "", minutes: 60, aspect: [{ code: "A1", name: "", marks: FULL, kind: "judged", descriptor: "" }] };
      if (practical) made.aspect.push({ code: "A2", name: "", marks: 0, kind: "veto", descriptor: "" });
      const at = insertLevelled(ed.of.task, made);
      ed.open.add(made);
      ed.redraw(`[data-path="task.${at}.title"]`);
    }),
  );
}

function task(ed: Editor, one: Task, at: number): HTMLElement {
  const { say, fields, choices } = ed.words;
  const path = `task.${at}`;
  const plain = one as unknown as Plain;
  const title = h("b");
  const total = h("span", { class: "task-sum" });
  const tell = (): void => {
    const part = ed.of.design.find((each) => each.level === one.level)?.part.find((each) => each.kind === (one.part ?? "practical"));
    const values = one.aspect.map((aspect) => aspect.marks);
    const { by, text: number } = off(values, part?.marks ?? FULL);
    title.textContent = one.title || (say.unnamed ?? "");
    total.textContent = filled(say.ofMarks, { n: sum(values), of: String(part?.marks ?? FULL) }) + (by ? `${say.comma}${filled(by < 0 ? say.missing : say.over, { n: number })}` : "");
    total.classList.toggle("uneven", by !== 0);
  };
  tell();
  const directions = (ed.of.standard.directions ?? []).filter(Boolean).map((name) => [name, name] as const);
  return row(
    ed,
    { path, name: one.title, move: (by) => `task.${moveLevelled(ed.of.task, at, by)}`, remove: () => remove(ed, one.title, [[ed.of.task, at]]) },
    fold(ed, one, [title, " ", total], () => [
      text(ed, plain, "title", { path: `${path}.title`, label: fields.title ?? "", then: tell }),
      h(
        "div",
        { class: "numbers" },
        choose(ed, plain, "part", { path: `${path}.part`, label: fields.part ?? "", fallback: "practical", then: tell }, choices.parts.filter(([kind]) => kind !== "theory")),
        digits(ed, plain, "minutes", { path: `${path}.minutes`, label: fields.minutes ?? "" }),
        (directions.length > 0 || one.direction) && choose(ed, plain, "direction", { path: `${path}.direction`, label: fields.direction ?? "" }, directions, say.allDirections),
      ),
      h(
        "div",
        { class: "aspects", "data-path": path },
        ...one.aspect.map((aspect, place) => {
          const inside = `${path}.aspect.${place}`;
          const each = aspect as unknown as Plain;
          return row(
            ed,
            { path: inside, name: aspect.name || aspect.code, move: (by) => `${path}.aspect.${move(one.aspect, place, by)}`, remove: () => remove(ed, aspect.name || aspect.code, [[one.aspect, place]]) },
            h(
              "div",
              { class: "aspect-head" },
              text(ed, each, "code", { path: `${inside}.code`, label: fields.code ?? "" }),
              text(ed, each, "name", { path: `${inside}.name`, label: fields.aspect ?? "" }),
              choose(ed, each, "kind", { path: `${inside}.kind`, label: fields.aspect_kind ?? "", then: () => {
                if (aspect.kind === "veto") aspect.marks = 0;
                ed.redraw(`[data-path="${inside}.kind"]`);
              } }, choices.aspects),
              digits(ed, each, "marks", { path: `${inside}.marks`, label: fields.marks ?? "", then: tell }),
            ),
            area(ed, each, "descriptor", { path: `${inside}.descriptor`, label: fields.descriptor ?? "" }),
          );
        }),
        button(say.addAspect ?? "", () => {
          one.aspect.push({ code: nextCode(one.aspect.map((aspect) => aspect.code)), name: "", marks: "", kind: "judged", descriptor: "" });
          ed.redraw(`[data-path="${path}.aspect.${one.aspect.length - 1}.name"]`);
        }),
      ),
    ]),
  );
}

export function crosswalk(ed: Editor): HTMLElement {
  const { say, choices } = ed.words;
  const ladder = choices.levels.filter(([code]) => code !== "Z");
  const own = ed.of.standard.levels;
  for (const level of own) if (!ed.of.crosswalk.some((one) => one.level === level)) ed.of.crosswalk.push({ level, counts_as: "" });
  return h(
    "div",
    { "data-path": "crosswalk" },
    ...ed.of.crosswalk.map((one, at) =>
      choose(ed, one as unknown as Plain, "counts_as", { path: `crosswalk.${at}.counts_as`, label: choices.levels.find(([code]) => code === one.level)?.[1] ?? one.level, then: () => (one.counts_as ??= "") }, ladder, say.notCounted),
    ),
  );
}
