// 基本信息, 职业概况, 基本要求.
import { area, button, choose, digits, h, text, ticks } from "./dom.ts";
import { lines } from "./lines.ts";
import { furnish, move, renameDirection, rowsOfLevel } from "./model.ts";
import type { Editor } from "./page.ts";
import { remove, row } from "./rows.ts";

export function head(ed: Editor): HTMLElement {
  const { fields, choices } = ed.words;
  const own = ed.of.standard;
  const at = (name: string, label = fields[name] ?? name) => ({ path: `standard.${name}`, label });
  own.directions ??= [];
  own.related ??= [];
  // the old name is the last one that was taken over: while a name is half typed it may be empty or another's
  const kept = own.directions;
  let taken: string[] = [...kept];
  return h(
    "div",
    {},
    choose(ed, own, "kind", { ...at("kind"), then: () => ed.redraw('[data-path="standard.kind"]') }, choices.kinds.filter(([kind]) => ed.kinds.includes(kind))),
    text(ed, own, "title", at("title")),
    h("div", { class: "pair" }, text(ed, own, "occupation", at("occupation")), text(ed, own, "code", at("code", fields.occupation_code))),
    text(ed, own, "edition", at("edition")),
    area(ed, own, "source", at("source")),
    own.kind === "evaluation" && text(ed, own, "based_on", { ...at("based_on"), optional: true }),
    ticks(ed, own.levels, at("levels"), choices.levels.filter(([code]) => (choices.levelsOf[own.kind] ?? []).includes(code) || own.levels.includes(code)), (_now, code, on) => chosen(ed, code, on)),
    lines(ed, kept, { ...at("directions"), renamed: (before, now) => {
      const place = kept.indexOf(now);
      const old = taken[place] ?? before;
      if (taken.length !== kept.length) taken = [...kept].map((name) => (name === now ? before : name));
      if (renameDirection(ed.of, old, now)) taken = [...kept];
    } }),
    lines(ed, own.related, at("related")),
  );
}

function chosen(ed: Editor, code: string, on: boolean): void {
  const own = ed.of.standard;
  const face = ed.words.choices.levels.find(([one]) => one === code)?.[1] ?? code;
  const order = ed.words.choices.levels.map(([one]) => one);
  if (on) {
    own.levels = order.filter((one) => one === code || own.levels.includes(one));
    if (!ed.of.design.some((one) => one.level === code)) furnish(ed.of, code, ed.words.choices);
    ed.level ||= code;
    return;
  }
  const before = own.levels;
  remove(ed, face, rowsOfLevel(ed.of, code), () => {
    own.levels = own.levels.includes(code) ? own.levels.filter((one) => one !== code) : before;
  });
}

export function profile(ed: Editor): HTMLElement {
  const { fields, choices } = ed.words;
  const own = ed.of.profile;
  const training = (own.training ??= {});
  const optional = ed.of.standard.kind === "specialty";
  return h(
    "div",
    {},
    ...["definition", "environment", "abilities", "education", "venues"].map((name) =>
      area(ed, own, name, { path: `profile.${name}`, label: fields[name] ?? name, optional: optional && name !== "definition" }),
    ),
    h(
      "fieldset",
      { class: "field", "data-path": "profile.training" },
      h("legend", {}, fields.training),
      h("div", { class: "numbers" }, ...choices.levels.filter(([code]) => ed.of.standard.levels.includes(code)).map(([code, face]) => digits(ed, training, code, { path: `profile.training.${code}`, label: face }))),
    ),
  );
}

export function basics(ed: Editor): HTMLElement {
  const { fields, say } = ed.words;
  const own = ed.of.basics;
  return h(
    "div",
    { "data-path": "basics" },
    lines(ed, own.ethics, { path: "basics.ethics", label: fields.ethics ?? "" }),
    h(
      "section",
      { "data-path": "basics.knowledge" },
      h("h3", {}, fields.basic_knowledge),
      ...own.knowledge.map((topic, at) => {
        const path = `basics.knowledge.${at}`;
        return row(
          ed,
          {
            path,
            name: topic.topic,
            move: (by) => `basics.knowledge.${move(own.knowledge, at, by)}`,
            remove: () => remove(ed, topic.topic, [[own.knowledge, at]]),
          },
          text(ed, topic as unknown as Record<string, unknown>, "topic", { path: `${path}.topic`, label: fields.topic ?? "" }),
          lines(ed, topic.points, { path: `${path}.points`, label: fields.points ?? "" }),
        );
      }),
      button(say.addTopic ?? "", () => {
        own.knowledge.push({ topic: "", points: [""] });
        ed.redraw(`[data-path="basics.knowledge.${own.knowledge.length - 1}.topic"]`);
      }),
    ),
  );
}
