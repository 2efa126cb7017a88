// Acts that cannot be taken back: `data-confirm="what will happen"` on a form asks first, and with
// `data-confirm-word` it asks for the word to be typed.

/** Spaces around the word and full-width letters are forgiven; anything else is not. */
export function sameWord(typed: string, asked: string): boolean {
  return typed.trim().normalize("NFKC") === asked.trim().normalize("NFKC");
}

function part<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Opens the question and calls `yes` once it is answered with yes. The words come from the page, in its language. */
export function ask(form: HTMLFormElement, yes: () => void): void {
  const words = document.documentElement.dataset;
  const asked = form.dataset.confirmWord ?? "";
  const dialog = part("dialog", "dialog");
  const inner = part("form", "");
  inner.method = "dialog";
  const head = part("div", "dialog-head");
  const title = part("h2", "", form.dataset.confirmTitle ?? words.saySure ?? "");
  title.id = "confirm-title";
  head.append(title);
  dialog.setAttribute("aria-labelledby", title.id);
  const body = part("div", "dialog-body");
  body.append(part("p", "", form.dataset.confirm ?? ""));
  const go = part("button", "btn btn-danger btn-filled", form.dataset.confirmDo ?? words.sayGo ?? "");
  go.value = "yes";
  if (asked) {
    const field = part("div", "field");
    const label = part("label", "", (words.sayType ?? "%s").replace("%s", asked));
    const input = part("input", "control");
    label.htmlFor = input.id = "confirm-word";
    input.autocomplete = "off";
    go.disabled = true;
    input.addEventListener("input", () => (go.disabled = !sameWord(input.value, asked)));
    field.append(label, input);
    body.append(field);
  }
  const foot = part("div", "dialog-foot");
  const back = part("button", "btn", words.sayBack ?? "");
  back.value = "no";
  back.formNoValidate = true;
  back.type = "button";
  back.addEventListener("click", () => dialog.close("no"));
  foot.append(back, go);
  inner.append(head, body, foot);
  dialog.append(inner);
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "yes") yes();
  });
  dialog.showModal();
  (asked ? dialog.querySelector("input") : back)?.focus();
}

/** Stops every sending of a guarded form until it has been confirmed; htmx forms are guarded by the same listener. */
export function wireConfirm(page: Document): void {
  const sure = new WeakSet<HTMLFormElement>();
  page.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      if (!form.dataset.confirm || sure.delete(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const by = (event as SubmitEvent).submitter as HTMLButtonElement | null;
      ask(form, () => {
        sure.add(form);
        form.requestSubmit(by ?? undefined);
      });
    },
    true,
  );
}
