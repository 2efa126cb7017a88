// The candidate's own look at his machine before he begins: browser, storage, line. It stops nobody; what is wrong is for
// the invigilator. The camera is not touched here: nobody has agreed to it yet.

import { el } from "./build.ts";
import { exchange, keeps, missing, summary, type Exchange } from "./measure.ts";
import { clockAt, type Bases } from "./wire.ts";
import type { Say, Word } from "./words.ts";

const EXCHANGES = 5;
const SLOW = 2_000;

export interface Found { readonly missing: readonly string[]; readonly keeps: boolean; /** Median of the exchanges in ms; Infinity: no answer. */ readonly median: number }

/** What is wrong, in the order in which it matters; nothing: the machine is sound. */
export function wrongs(found: Found): readonly Word[] {
  const all: readonly (readonly [boolean, Word])[] = [
    [found.missing.length > 0, "machine_browser"], [!found.keeps, "machine_storage"], [found.median > SLOW, "machine_line"],
  ];
  return all.filter(([wrong]) => wrong).map(([, word]) => word);
}

/** Look at this machine. */
export async function look(view: Window, bases: Bases, shelf: () => Storage): Promise<Found> {
  const kept = (): boolean => { try { return keeps(shelf()); } catch { return false; } };
  const all: Exchange[] = [];
  let median = Infinity;
  try {
    while (all.length < EXCHANGES) all.push(await exchange(() => clockAt(bases.now), () => performance.now(), () => Date.now()));
    ({ median } = summary(all));
  } catch { /* no answer: the line is what is wrong */ }
  return { missing: missing(view as unknown as Record<string, unknown> & { document: Document }), keeps: kept(), median };
}

/** What was found, as the candidate reads it; it fills itself in. */
export function machine(say: Say, looking: Promise<Found>): HTMLElement {
  const told = el("div", { class: "exam-machine", role: "status" }, el("p", {}, say("machine_looking")));
  void looking.then((found) => {
    const wrong = wrongs(found);
    const lines = wrong.map((word) => el("p", { class: "notice notice-late" }, say(word)));
    told.replaceChildren(...(lines.length > 0 ? lines : [el("p", {}, "✓ ", say("machine_sound", { ms: found.median }))]));
  });
  return told;
}
