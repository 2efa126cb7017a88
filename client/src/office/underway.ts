// How far a long step is, shown after a second: the page still stands while its form is being answered.

/** Milliseconds before it is shown, and between two questions. */
export const SHOWN_AFTER = 1_000;
export const ASKED_EVERY = 700;

export interface Told {
  done: number | null;
  of: number | null;
}

/** The part done, from 0 to 100; none while the server says nothing. */
export function percent({ done, of }: Told): number | null {
  return done === null || !of ? null : Math.min(100, Math.round((100 * done) / of));
}

export function wireUnderway(page: Document): void {
  const steps = page.querySelector<HTMLElement>("[data-underway]");
  const show = page.querySelector<HTMLElement>("[data-underway-show]");
  const bar = show?.querySelector("progress");
  const count = show?.querySelector<HTMLElement>("[data-underway-count]");
  if (!steps || !show || !bar || !count) return;
  const ask = async (): Promise<void> => {
    try {
      const answer = await fetch(steps.dataset.underway ?? "", { headers: { Accept: "application/json" } });
      const told = (answer.ok ? await answer.json() : { done: null, of: null }) as Told;
      const found = percent(told);
      if (found !== null) {
        bar.value = found;
        count.textContent = `${told.done} / ${told.of}`;
      }
    } catch {
      // The step itself goes on; only its sign is missing.
    }
    window.setTimeout(() => void ask(), ASKED_EVERY);
  };
  steps.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    window.setTimeout(() => {
      show.hidden = false;
      void ask();
    }, SHOWN_AFTER);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) show.hidden = true;
  });
}
