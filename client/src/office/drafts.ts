// Drafts of forms that ask for it (`data-draft="key"`). They live in sessionStorage: they end with the tab, and a
// field marked `data-private` (identity numbers, passwords, health) is never written down.

type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;
export type Draft = Record<string, string[]>;

const PREFIX = "jiangheng.draft.";
const SENT = "jiangheng.draft-sent";
const NEVER = new Set(["password", "file", "hidden", "submit", "button", "reset", "image"]);

export interface FieldLike {
  name: string;
  type: string;
  value: string;
  checked?: boolean;
  isPrivate: boolean;
}

/** Whether a field may be written down at all. */
export function mayKeep(field: FieldLike): boolean {
  return field.name !== "" && !field.isPrivate && !NEVER.has(field.type);
}

/** The values worth keeping. A box that is not ticked is kept as absent, so it stays unticked. */
export function collect(fields: Iterable<FieldLike>): Draft {
  const draft: Draft = {};
  for (const field of fields) {
    if (!mayKeep(field)) continue;
    const values = (draft[field.name] ??= []);
    if ((field.type === "checkbox" || field.type === "radio") && !field.checked) continue;
    values.push(field.value);
  }
  return draft;
}

export function readDraft(kept: Kept, key: string): Draft | null {
  const text = kept.getItem(PREFIX + key);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Draft) : null;
  } catch {
    kept.removeItem(PREFIX + key);
    return null;
  }
}

export function writeDraft(kept: Kept, key: string, draft: Draft): void {
  kept.setItem(PREFIX + key, JSON.stringify(draft));
}

export function dropDraft(kept: Kept, key: string): void {
  kept.removeItem(PREFIX + key);
}

/** Notes that a draft was sent. It is kept until a page without its form shows that the sending went through. */
export function markSent(kept: Kept, key: string): void {
  kept.setItem(SENT, key);
}

/** Drops the draft that was sent, once its form is no longer shown; a failed sending leaves it in place. */
export function settleSent(kept: Kept, shown: readonly string[]): void {
  const key = kept.getItem(SENT);
  if (key === null) return;
  kept.removeItem(SENT);
  if (!shown.includes(key)) dropDraft(kept, key);
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function controls(form: HTMLFormElement): Control[] {
  return Array.from(form.elements).filter((one): one is Control =>
    ["INPUT", "TEXTAREA", "SELECT"].includes(one.tagName),
  );
}

function look(control: Control): FieldLike[] {
  const isPrivate = control.closest("[data-private]") !== null || control.autocomplete === "off";
  if (control.tagName === "SELECT" && (control as HTMLSelectElement).multiple)
    return Array.from((control as HTMLSelectElement).selectedOptions, (option) => ({
      name: control.name, type: control.type, value: option.value, isPrivate,
    }));
  const checked = (control as HTMLInputElement).checked;
  return [{ name: control.name, type: control.type, value: control.value, checked, isPrivate }];
}

function fill(form: HTMLFormElement, draft: Draft): void {
  const next: Record<string, number> = {};
  for (const control of controls(form)) {
    const values = draft[control.name];
    if (!values || !look(control).every(mayKeep)) continue;
    if (control.type === "checkbox" || control.type === "radio")
      (control as HTMLInputElement).checked = values.includes(control.value);
    else if (control.type === "select-multiple")
      for (const option of Array.from((control as HTMLSelectElement).options)) option.selected = values.includes(option.value);
    else {
      const at = next[control.name] ?? 0;
      next[control.name] = at + 1;
      const value = values[at];
      if (value !== undefined) control.value = value;
    }
  }
}

/** Restores and keeps the draft of one form. A form that came back with errors already holds what was typed. */
export function wireDraft(form: HTMLFormElement, kept: Kept): void {
  const key = form.dataset.draft;
  if (!key) return;
  const note = form.querySelector<HTMLElement>("[data-draft-note]");
  const before = form.querySelector("[aria-invalid='true']") ? null : readDraft(kept, key);
  if (before) {
    fill(form, before);
    if (note) note.hidden = false;
  }
  let waiting = 0;
  form.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => writeDraft(kept, key, collect(controls(form).flatMap(look))), 400);
  });
  form.addEventListener("submit", () => {
    window.clearTimeout(waiting);
    writeDraft(kept, key, collect(controls(form).flatMap(look)));
    markSent(kept, key);
  });
  form.querySelector("[data-draft-drop]")?.addEventListener("click", () => {
    window.clearTimeout(waiting);
    dropDraft(kept, key);
    form.reset();
    if (note) note.hidden = true;
  });
}
