// What htmx needs from the page: the CSRF header, a sign that a request is under way, focus after a swap, and a
// sentence when the network or the server fails. Nothing here or in htmx evaluates text as a script.

/** Milliseconds before a request counts as slow enough to be shown. */
export const SLOW_AFTER = 300;
/** Milliseconds before a pressed button says that it is at work. */
export const BUSY_AFTER = 600;

export interface Waiting {
  begin(): void;
  end(): void;
}

/** Shows after a delay, hides when the last of the requests under way has ended. */
export function waiting(show: (on: boolean) => void, later: (run: () => void, ms: number) => number, cancel: (id: number) => void): Waiting {
  let open = 0;
  let timer: number | null = null;
  return {
    begin() {
      open += 1;
      if (open === 1) timer = later(() => show(true), SLOW_AFTER);
    },
    end() {
      open = Math.max(0, open - 1);
      if (open > 0) return;
      if (timer !== null) cancel(timer);
      timer = null;
      show(false);
    },
  };
}

export function say(text: string, bad = false): void {
  const place = document.querySelector(".toasts");
  if (!place || !text) return;
  const line = document.createElement("div");
  line.className = bad ? "toast-line toast-late" : "toast-line";
  line.textContent = text;
  place.append(line);
  window.setTimeout(() => line.remove(), bad ? 12_000 : 4_000);
}

/** The button says what is going on (`data-busy`) once it takes long, and keeps what it said before. */
export function tellBusy(by: HTMLElement): void {
  if (by.getAttribute("aria-busy") !== "true" || by.dataset.idle !== undefined) return;
  by.dataset.idle = by.textContent ?? "";
  by.textContent = by.dataset.busy ?? "";
}

/** The button as it was before it was pressed. */
export function tellDone(by: HTMLElement): void {
  by.removeAttribute("aria-busy");
  if (by.dataset.idle === undefined) return;
  by.textContent = by.dataset.idle;
  delete by.dataset.idle;
}

interface ConfigDetail {
  headers: Record<string, string>;
  verb: string;
}

export function wireRequests(page: Document, afterSwap: (part: HTMLElement) => void): void {
  const bar = page.querySelector(".progress-line");
  const line = waiting(
    (on) => bar?.classList.toggle("on", on),
    (run, ms) => window.setTimeout(run, ms),
    (id) => window.clearTimeout(id),
  );
  const words = page.documentElement.dataset;
  page.addEventListener("htmx:configRequest", (event) => {
    const detail = (event as CustomEvent<ConfigDetail>).detail;
    const token = page.querySelector<HTMLMetaElement>("meta[name='csrf-token']")?.content;
    if (token && detail.verb !== "get") detail.headers["X-CSRFToken"] = token;
  });
  page.addEventListener("htmx:beforeRequest", () => line.begin());
  page.addEventListener("htmx:afterRequest", () => line.end());
  page.addEventListener("htmx:sendError", () => say(words.sayOffline ?? "", true));
  page.addEventListener("htmx:responseError", () => say(words.sayFailed ?? "", true));
  page.addEventListener("htmx:afterSwap", (event) => {
    const part = (event as CustomEvent<{ target?: HTMLElement }>).detail.target;
    if (part?.isConnected) afterSwap(part);
  });
  // An ordinary form that is sent once must not be sent twice by an impatient hand.
  page.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    // A form that is answered with a file leaves its page standing: it may be sent again.
    if (event.defaultPrevented || form.method !== "post" || form.dataset.download !== undefined) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    line.begin();
    const by = (event as SubmitEvent).submitter;
    by?.setAttribute("aria-busy", "true");
    if (by?.dataset.busy) window.setTimeout(() => tellBusy(by), BUSY_AFTER);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of page.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset.sent;
    for (const by of page.querySelectorAll<HTMLElement>("[data-busy][aria-busy]")) tellDone(by);
    line.end();
  });
}
