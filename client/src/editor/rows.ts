// What all rows share: tools to move and remove them, Alt+↑/↓, folds that are filled when they are opened.
import { type Child, button, filled, h } from "./dom.ts";
import { take } from "./model.ts";
import type { Editor } from "./page.ts";

export interface Movable {
  /** The path of the row, as its controls carry it. */
  path: string;
  name: string;
  /** Moves it; the path where it is now, the same one at the ends. None: it does not move. */
  move?: (by: 1 | -1) => string;
  remove?: () => void;
}

/** A row with its tools. Alt with an arrow moves the innermost row in which the cursor is. */
export function row(ed: Editor, of: Movable, ...children: Child[]): HTMLElement {
  const { say } = ed.words;
  const shift = (by: 1 | -1, from: Element | null): void => {
    const to = of.move?.(by);
    if (to === undefined || to === of.path) return;
    const at = (from as HTMLElement | null)?.dataset.path;
    const tool = `[data-row="${to}"] > .row-tools [data-do="${by < 0 ? "up" : "down"}"]`;
    ed.redraw(at?.startsWith(`${of.path}.`) ? `[data-path="${to}${at.slice(of.path.length)}"]` : tool);
  };
  const tool = (sign: string, label: string, act: () => void, key: string): HTMLElement =>
    button(sign, act, { class: "btn btn-quiet btn-small row-tool", "aria-label": `${label}${say.colon}${of.name}`, title: label, "data-do": key });
  const tools = h(
    "div",
    { class: "row-tools" },
    of.move && tool("↑", say.up ?? "", () => shift(-1, null), "up"),
    of.move && tool("↓", say.down ?? "", () => shift(1, null), "down"),
    of.remove && tool("✕", say.remove ?? "", of.remove, "remove"),
  );
  const made = h("div", { class: "part", "data-row": of.path }, h("div", { class: "row-body" }, ...children), tools);
  made.addEventListener("keydown", (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown") || !of.move) return;
    event.preventDefault();
    event.stopPropagation();
    shift(event.key === "ArrowUp" ? -1 : 1, document.activeElement);
  });
  return made;
}

/** A fold whose body is made when it is first opened. What was opened stays open when the section is drawn anew. */
export function fold(ed: Editor, of: object, title: Child[], body: () => Child[]): HTMLElement {
  const made = h("details", { class: "fold", open: ed.open.has(of) }, h("summary", {}, ...title));
  let filledIn = false;
  const fill = (): void => {
    if (filledIn) return;
    filledIn = true;
    made.append(h("div", { class: "fold-body" }, ...body()));
  };
  if (made.open) fill();
  made.addEventListener("toggle", () => {
    if (made.open) ed.open.add(of);
    else ed.open.delete(of);
    if (made.open && !filledIn) {
      fill();
      ed.mark();
    }
  });
  return made;
}

/** Takes rows away, says so, and offers to put them back. */
export function remove(ed: Editor, name: string, rows: readonly (readonly [unknown[], number])[], after: () => void = () => undefined): void {
  const back = take(rows);
  after();
  ed.removed(filled(ed.words.say.removed, { name: name || (ed.words.say.unnamed ?? "") }), () => {
    back();
    after();
  });
}

/** Which level is being written. */
export function levels(ed: Editor): HTMLElement {
  const { say, choices } = ed.words;
  const own = choices.levels.filter(([code]) => ed.of.standard.levels.includes(code));
  if (own.length === 0) return h("p", { class: "hint" }, say.noLevels);
  return h(
    "div",
    { class: "levels", role: "group", "aria-label": say.level },
    ...own.map(([code, face]) =>
      button(face, () => {
        ed.level = code;
        ed.show(`[data-level="${code}"]`);
      }, { "aria-pressed": code === ed.level ? "true" : "false", "data-level": code }),
    ),
  );
}
