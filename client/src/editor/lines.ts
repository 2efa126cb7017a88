// A list of texts, a row each: Enter adds one, pasting several lines adds several, Backspace in an empty one removes it.
import { button, filled, grown, h } from "./dom.ts";
import { bare, lines as rowsOf, move, paste, starred, withStar } from "./model.ts";
import type { Editor } from "./page.ts";

export interface Lines {
  path: string;
  label: string;
  /** What stands before a row: its number in the standard. */
  number?: (place: number) => string;
  star?: boolean;
  /** What else follows when a row is written over. */
  renamed?: (before: string, now: string) => void;
}

export function lines(ed: Editor, list: string[], of: Lines): HTMLElement {
  const { say } = ed.words;
  const rows = h("div", { class: "lines" });
  const made = h("fieldset", { class: "field lines-field", "data-path": of.path }, h("legend", {}, of.label), rows);

  const draw = (focus?: number, mark?: number): void => {
    rows.replaceChildren(...list.map((_, at) => one(at)));
    if (focus !== undefined) {
      const area = rows.children[focus]?.querySelector("textarea");
      area?.focus();
      area?.setSelectionRange(mark ?? area.value.length, mark ?? area.value.length);
    }
    ed.mark();
  };
  const add = (at: number, value = ""): void => {
    list.splice(at, 0, value);
    ed.changed();
    draw(at, 0);
  };
  const shift = (at: number, by: number, focus: (row: Element | undefined) => void): void => {
    const to = move(list, at, by);
    if (to === at) return;
    ed.changed();
    draw();
    focus(rows.children[to]);
  };
  const drop = (at: number, quiet = false): void => {
    const [gone] = list.splice(at, 1);
    ed.changed();
    if (!quiet)
      ed.removed(filled(say.removed, { name: bare(gone ?? "") || (say.unnamed ?? "") }), () => list.splice(Math.min(at, list.length), 0, gone ?? ""), false);
    draw(list.length ? Math.max(0, Math.min(quiet ? at - 1 : at, list.length - 1)) : undefined);
    if (list.length === 0) more.focus();
  };

  const one = (at: number): HTMLElement => {
    const name = `${of.label} ${of.number?.(at) ?? at + 1}`;
    const value = list[at] ?? "";
    const { box, area } = grown(of.star ? bare(value) : value, { class: "control", "aria-label": name, "data-path": `${of.path}.${at}`, autocomplete: "off" });
    const write = (): void => {
      const before = list[at] ?? "";
      // a row is one line: what is typed as a break by any way becomes a space
      const now = area.value.replace(/\s*\n\s*/g, " ");
      list[at] = of.star ? withStar(now, starred(before)) : now;
      of.renamed?.(before, list[at]);
      ed.changed();
    };
    area.addEventListener("input", write);
    area.addEventListener("paste", (event) => {
      const pasted = rowsOf(event.clipboardData?.getData("text/plain") ?? "");
      if (pasted.length < 2) return;
      event.preventDefault();
      const star = of.star && starred(list[at] ?? "");
      const last = paste(list, at, area.value.slice(0, area.selectionStart), pasted, area.value.slice(area.selectionEnd));
      if (star) list[at] = withStar(list[at] ?? "", true);
      ed.changed();
      draw(last);
    });
    area.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter") {
        event.preventDefault();
        const rest = area.value.slice(area.selectionEnd);
        area.value = area.value.slice(0, area.selectionStart);
        write();
        add(at + 1, rest);
      } else if (event.key === "Backspace" && area.value === "" && list.length > 1) {
        event.preventDefault();
        drop(at, true);
      } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
        event.preventDefault();
        event.stopPropagation();
        shift(at, event.key === "ArrowUp" ? -1 : 1, (row) => row?.querySelector("textarea")?.focus());
      }
    });
    const tool = (sign: string, label: string, key: string, act: () => void): HTMLElement =>
      button(sign, act, { class: "btn btn-quiet btn-small row-tool", "aria-label": `${label}${say.colon}${name}`, title: label, "data-do": key });
    const refocus = (key: string) => (row: Element | undefined): void => row?.querySelector<HTMLElement>(`[data-do="${key}"]`)?.focus();
    const star = of.star && button("★", () => {
      list[at] = withStar(list[at] ?? "", !starred(list[at] ?? ""));
      (star as HTMLElement).setAttribute("aria-pressed", String(starred(list[at])));
      ed.changed();
    }, { class: "btn btn-quiet btn-small star", "aria-label": `${say.star}${say.colon}${name}`, title: say.star, "aria-pressed": String(starred(value)) });
    return h(
      "div",
      { class: "line" },
      of.number && h("span", { class: "line-number code", "aria-hidden": "true" }, of.number(at)),
      star,
      box,
      h("span", { class: "row-tools" }, tool("↑", say.up ?? "", "up", () => shift(at, -1, refocus("up"))), tool("↓", say.down ?? "", "down", () => shift(at, 1, refocus("down"))), tool("✕", say.remove ?? "", "remove", () => drop(at))),
    );
  };

  const more = button(say.addLine ?? "", () => add(list.length), { class: "btn btn-quiet btn-small", "aria-label": `${say.addLine}${say.colon}${of.label}` });
  made.append(more);
  draw();
  return made;
}
