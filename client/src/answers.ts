// Typing an answer sheet: a letter and the next cell is there, arrows move through the grid, Enter goes on.
// Without this file the page is a form like any other; the server reads every cell again in any case.

/** What is left of a choice cell's text: the letters of its keys, each once, in the keys' own order. */
export function letters(text: string, keys: string): string {
  const typed = text.normalize("NFKC").toUpperCase();
  return [...keys].filter((key) => typed.includes(key)).join("");
}

/** What a judgement's signs mean: √ is A, × is B. */
export function judged(text: string): string {
  return text.replace(/[√✓对]/g, "A").replace(/[×✗错]/g, "B");
}

/** Has everything been typed that one cell holds, so that the next one can follow? */
export function complete(text: string, keys: string, one: boolean): boolean {
  return one && text.length === 1 && keys.includes(text);
}

/** The cell above or below: the nearest in the next row of the same grid, by where the cells stand. */
export function vertical(places: readonly { left: number; top: number }[], from: number, down: boolean): number {
  const here = places[from];
  if (!here) return from;
  const beyond = places.filter((each) => (down ? each.top > here.top + 1 : each.top < here.top - 1)).map((each) => each.top);
  if (beyond.length === 0) return from;
  const row = down ? Math.min(...beyond) : Math.max(...beyond);
  let best = from;
  let nearest = Infinity;
  places.forEach((each, place) => {
    const away = Math.abs(each.left - here.left);
    if (Math.abs(each.top - row) <= 1 && away < nearest) [best, nearest] = [place, away];
  });
  return best;
}

export function wireAnswers(form: HTMLFormElement): void {
  const cells = [...form.querySelectorAll<HTMLInputElement>("input[data-cell]")];
  const one = (name: string): HTMLElement | null => form.querySelector<HTMLElement>(`[data-${name}]`);
  let dirty = false;

  const show = (): void => {
    const filled = one("filled");
    if (filled) {
      filled.hidden = false;
      const [number, all] = [filled.querySelector("b"), one("all")];
      if (number) number.textContent = String(cells.filter((cell) => cell.value.trim() !== "").length);
      if (all) all.textContent = String(cells.length);
    }
    const unsaved = one("dirty");
    if (unsaved) unsaved.hidden = !dirty;
  };
  const go = (place: number): void => {
    const cell = cells[place];
    if (!cell) {
      form.querySelector<HTMLButtonElement>("button[type='submit']")?.focus();
      return;
    }
    cell.focus();
    cell.select();
  };
  const presence = (there: boolean): void => {
    for (const cell of cells) cell.disabled = !there;
  };

  cells.forEach((cell, place) => {
    const keys = cell.dataset.keys ?? "";
    cell.addEventListener("input", (event) => {
      dirty = true;
      // a Chinese input method is still composing: its letters are not yet typed
      if ((event as InputEvent).isComposing) return;
      if (keys) cell.value = letters(keys === "AB" ? judged(cell.value) : cell.value, keys);
      show();
      if (complete(cell.value, keys, "one" in cell.dataset)) go(place + 1);
    });
    cell.addEventListener("keydown", (event) => {
      if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
      // in a cell with a text the arrows first move through the text
      const [start, end, size] = [cell.selectionStart ?? 0, cell.selectionEnd ?? 0, cell.value.length];
      const whole = start === 0 && end === size;
      let next: number | undefined;
      if (event.key === "Enter") next = place + 1;
      else if (event.key === "ArrowRight" && (whole || start === size)) next = place + 1;
      else if (event.key === "ArrowLeft" && (whole || end === 0)) next = place - 1;
      else if (event.key === "Backspace" && size === 0) next = place - 1;
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const places = cells.map((each) => each.getBoundingClientRect());
        next = vertical(places, place, event.key === "ArrowDown");
      }
      if (next === undefined) return;
      event.preventDefault();
      if (next >= 0) go(next);
    });
  });
  for (const radio of form.querySelectorAll<HTMLInputElement>("input[name='there']")) {
    radio.addEventListener("change", () => {
      dirty = true;
      presence(radio.value === "present");
      show();
    });
    if (radio.checked) presence(radio.value === "present");
  }
  form.addEventListener("submit", () => (dirty = false));
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
  show();
  const wrong = cells.findIndex((cell) => cell.getAttribute("aria-invalid") === "true");
  if (wrong >= 0) go(wrong);
}

if (typeof document !== "undefined")
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-answers]")) wireAnswers(form);
