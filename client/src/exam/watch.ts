// What the page can notice about itself. It is reported to the hall; what follows from it is the examination's rules'
// to say. Copying and printing the paper is prevented as far as a page can; what is written in one's own fields is not.

const QUIET = 2_000;
const CHANNEL = "jiangheng-exam";

/** Reports each kind at most once in `QUIET` ms: a flickering window must not drown the line. Ends with the paper. */
export function watch(view: Window, sitting: number, report: (kind: string) => void, elapsed: () => number): () => void {
  const last = new Map<string, number>();
  const over = new AbortController();
  const { signal } = over;
  const tell = (kind: string): void => {
    const now = elapsed();
    if (now - (last.get(kind) ?? -Infinity) < QUIET) return;
    last.set(kind, now);
    report(kind);
  };
  const page = view.document;
  page.addEventListener("visibilitychange", () => tell(page.visibilityState === "hidden" ? "hidden" : "shown"), { signal });
  page.addEventListener("fullscreenchange", () => tell(page.fullscreenElement === null ? "fullscreen_left" : "fullscreen_back"), { signal });
  for (const kind of ["copy", "cut"] as const) page.addEventListener(kind, (event) => { tell(kind); if (!writes(event)) event.preventDefault(); }, { signal });
  page.addEventListener("paste", () => tell("paste"), { signal });
  page.addEventListener("contextmenu", (event) => { tell("menu"); event.preventDefault(); }, { signal });
  for (const kind of ["blur", "focus", "offline", "online"]) view.addEventListener(kind, () => tell(kind), { signal });
  view.addEventListener("beforeprint", () => tell("print"), { signal });
  if ((view.screen as Screen & { isExtended?: boolean }).isExtended === true) tell("second_screen");
  if ("BroadcastChannel" in view) tabs(sitting, () => tell("second_tab"), signal);
  return () => over.abort();
}

/** Another tab of the same sitting says hello when it opens; both hear of it. */
function tabs(sitting: number, found: () => void, signal: AbortSignal): void {
  const channel = new BroadcastChannel(CHANNEL);
  const me = Math.random();
  channel.onmessage = (event: MessageEvent) => {
    const said = event.data as { sitting?: unknown; from?: unknown; answer?: unknown };
    if (said.sitting !== sitting || said.from === me) return;
    if (said.answer !== true) channel.postMessage({ sitting, from: me, answer: true });
    found();
  };
  channel.postMessage({ sitting, from: me });
  signal.addEventListener("abort", () => channel.close());
}

function writes(event: Event): boolean {
  return event.target instanceof Element && event.target.closest("input, textarea") !== null;
}
