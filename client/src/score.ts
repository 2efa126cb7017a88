// The score sheet: half a mark up or down by a finger, the total as it grows, a question before the signature.
// Without this file the page still saves and signs; the total is then the one of the last saving.

/** The sum of what is typed; an empty field or a wrong number counts as nothing. Halves only, so no rounding error. */
export function sum(values: readonly string[]): number {
  return values.reduce((total, text) => total + (Number.isFinite(Number(text)) ? Number(text) : 0), 0);
}

/** The mark after one step, kept between nothing and full marks; an empty field starts from nothing. */
export function stepped(text: string, by: number, full: number): string {
  const from = Number.isFinite(Number(text)) ? Number(text) : 0;
  return String(Math.min(full, Math.max(0, from + by)));
}

export function wireScore(form: HTMLFormElement): void {
  const marks = [...form.querySelectorAll<HTMLInputElement>("[data-mark]")];
  const vetoes = [...form.querySelectorAll<HTMLElement>("[data-veto]")];
  const one = <T extends HTMLElement>(name: string): T | null => form.querySelector<T>(`[data-${name}]`);
  let dirty = false;

  const show = (): void => {
    const missing =
      marks.filter((input) => input.value.trim() === "").length +
      vetoes.filter((group) => !group.querySelector("input:checked")).length;
    const total = one<HTMLOutputElement>("total");
    if (total) total.value = sum(marks.filter((input) => input.validity.valid).map((input) => input.value)).toFixed(1);
    const lacking = one("missing");
    if (lacking) {
      lacking.hidden = missing === 0;
      const number = lacking.querySelector("b");
      if (number) number.textContent = String(missing);
    }
    const vetoed = one("vetoed");
    if (vetoed) vetoed.hidden = !vetoes.some((group) => group.querySelector("input[value='yes']:checked"));
    const unsaved = one("dirty");
    if (unsaved) unsaved.hidden = !dirty;
    for (const input of marks) input.setAttribute("aria-invalid", String(!input.validity.valid));
  };
  const changed = (): void => {
    dirty = true;
    show();
  };

  for (const input of marks) {
    const dial = input.parentElement;
    for (const button of dial?.querySelectorAll<HTMLButtonElement>("button") ?? []) {
      button.hidden = input.disabled || input.matches("fieldset:disabled *");
      button.addEventListener("click", () => {
        input.value = button.dataset.by ? stepped(input.value, Number(button.dataset.by), Number(input.max)) : input.max;
        changed();
      });
    }
  }
  form.addEventListener("input", changed);
  form.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[name='act']");
    if (!button) return;
    // only the signature asks; saving is done as often as one likes
    if (button.dataset.sure) form.dataset.confirm = button.dataset.sure;
    else delete form.dataset.confirm;
    form.dataset.confirmDo = button.textContent?.trim() ?? "";
  });
  form.addEventListener("submit", () => (dirty = false));
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
  show();
}

if (typeof document !== "undefined")
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-score]")) wireScore(form);
