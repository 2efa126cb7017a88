// What a machine can do and how far away the hall is, measured before anybody sits at it. The hall judges.

export interface Measured {
  readonly missing: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly keeps: boolean;
  readonly skew: number;
  readonly median: number;
  readonly worst: number;
  readonly camera: boolean;
}

export const EXCHANGES = 20;
const A_LOT = 200_000;
const TRIAL = "jiangheng-check-trial";

/** What the exam page needs of a browser, by a short name; the names of what is missing come back. */
export function missing(view: Record<string, unknown> & { document?: Document }): string[] {
  const there: Record<string, boolean> = {
    fetch: typeof view["fetch"] === "function",
    abort: typeof view["AbortController"] === "function",
    stream: typeof view["ReadableStream"] === "function",
    random: typeof (view["crypto"] as Partial<Crypto> | undefined)?.getRandomValues === "function",
    text: typeof view["TextDecoder"] === "function",
    fullscreen: view.document?.fullscreenEnabled === true,
  };
  return Object.keys(there).filter((name) => there[name] !== true);
}

/** Does the browser keep as much as a whole exam may need to wait here? Nothing of the trial stays. */
export function keeps(shelf: Pick<Storage, "getItem" | "setItem" | "removeItem">): boolean {
  const text = "答".repeat(A_LOT);
  try {
    shelf.setItem(TRIAL, text);
    const whole = shelf.getItem(TRIAL) === text;
    shelf.removeItem(TRIAL);
    return whole && shelf.getItem(TRIAL) === null;
  } catch {
    return false;
  }
}

export interface Exchange { readonly took: number; readonly ahead: number }

/** Ask the hall's clock once: how long it took, and how far this machine's clock is ahead, both in milliseconds. */
export async function exchange(ask: () => Promise<number>, steady: () => number, clock: () => number): Promise<Exchange> {
  const begun = steady();
  const sent = clock();
  const hall = await ask();
  const took = steady() - begun;
  // the hall looked at its clock about half way
  return { took, ahead: sent + took / 2 - hall };
}

/** Of many exchanges the median and the longest; the clock is told by the shortest, which has the least to guess. */
export function summary(all: readonly Exchange[]): { skew: number; median: number; worst: number } {
  const sorted = [...all].sort((a, b) => a.took - b.took);
  const [first] = sorted;
  if (first === undefined) throw new Error("nothing was measured");
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? first;
  const high = sorted[Math.floor(middle)] ?? first;
  const last = sorted[sorted.length - 1] ?? first;
  return { skew: Math.round(first.ahead), median: Math.round((low.took + high.took) / 2), worst: Math.round(last.took) };
}
