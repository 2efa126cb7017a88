// Rows that can be chosen together: `[data-bulk]` around a table and its `.bulkbar`.

export interface Chosen {
  count: number;
  all: boolean;
  some: boolean;
}

export function summary(checked: readonly boolean[]): Chosen {
  const count = checked.filter(Boolean).length;
  return { count, all: count > 0 && count === checked.length, some: count > 0 && count < checked.length };
}

/** Positions from the last ticked row to this one, so that Shift takes the rows between. */
export function span(from: number | null, to: number): number[] {
  if (from === null) return [to];
  const [low, high] = from < to ? [from, to] : [to, from];
  return Array.from({ length: high - low + 1 }, (_, step) => low + step);
}

export function wireSelection(area: HTMLElement): void {
  const boxes = (): HTMLInputElement[] => Array.from(area.querySelectorAll<HTMLInputElement>("[data-pick]"));
  const head = area.querySelector<HTMLInputElement>("[data-pick-all]");
  const bar = area.querySelector<HTMLElement>(".bulkbar");
  let last: number | null = null;
  const show = (): void => {
    const rows = boxes();
    const chosen = summary(rows.map((box) => box.checked));
    for (const box of rows) box.closest("tr")?.classList.toggle("chosen", box.checked);
    if (head) {
      head.checked = chosen.all;
      head.indeterminate = chosen.some;
    }
    if (bar) bar.hidden = chosen.count === 0;
    for (const place of area.querySelectorAll("[data-pick-count]")) place.textContent = String(chosen.count);
  };
  area.addEventListener("click", (event) => {
    const box = event.target as HTMLInputElement;
    if (box === head) {
      for (const row of boxes()) row.checked = head.checked;
    } else if (box.matches("[data-pick]")) {
      const rows = boxes();
      const at = rows.indexOf(box);
      if (event.shiftKey) for (const i of span(last, at)) rows[i]!.checked = box.checked;
      last = at;
    } else if (box.closest("[data-pick-none]")) {
      for (const row of boxes()) row.checked = false;
    } else return;
    show();
  });
  show();
}
