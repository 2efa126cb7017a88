// What the page can notice about itself. It is reported to the hall and seen by the invigilators; nothing is blocked
// and nobody is punished here.

const QUIET = 2_000;

/** Reports each kind at most once in `QUIET` ms: a flickering window must not drown the line. */
export function watch(view: Window, report: (kind: string) => void, elapsed: () => number): void {
  const last = new Map<string, number>();
  const tell = (kind: string): void => {
    const now = elapsed();
    if (now - (last.get(kind) ?? -Infinity) < QUIET) return;
    last.set(kind, now);
    report(kind);
  };
  const page = view.document;
  page.addEventListener("visibilitychange", () => tell(page.visibilityState === "hidden" ? "hidden" : "shown"));
  page.addEventListener("fullscreenchange", () => { if (page.fullscreenElement === null) tell("fullscreen_left"); });
  for (const kind of ["copy", "paste"]) page.addEventListener(kind, () => tell(kind));
  for (const kind of ["blur", "focus", "offline", "online"]) view.addEventListener(kind, () => tell(kind));
  view.addEventListener("beforeprint", () => tell("print"));
  if ((view.screen as Screen & { isExtended?: boolean }).isExtended === true) tell("second_screen");
}
