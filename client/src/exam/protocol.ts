// What the hall's codes mean to the page, what fits into one message, and what the page shows of what is on its way.

import type { Pending } from "./store.ts";
import type { Entry, Problem, Reply } from "./wire.ts";

const MOST_TOGETHER = 100;
// The hall takes no more than 64 KiB in one message; a long text goes alone.
const MOST_BYTES = 48_000;

/** Answers wait here until the invigilator lets the sitting go on, or the break is over. */
export const HELD = new Set(["paused", "locked", "on_break", "not_begun"]);
/** The candidate did not agree, or the session has no pictures after all. */
export const NO_PICTURES = new Set(["no_consent", "no_picture", "superseded", "handed_in", "voided", "ended", "too_many"]);
/** The hall will never take this entry, but the next one it may. */
export const ENTRY_REFUSED = new Set(["stale", "foreign_item", "unknown_option", "one_only", "unfit", "too_long", "too_large", "bad_seq", "too_many", "malformed"]);

/** As many of the first entries as go into one message; one at least. */
export function together(entries: readonly Pending[]): readonly Pending[] {
  const text = new TextEncoder();
  let bytes = 0;
  const count = entries.findIndex((entry) => (bytes += text.encode(JSON.stringify(entry)).length) > MOST_BYTES);
  return entries.slice(0, Math.min(MOST_TOGETHER, count < 0 ? entries.length : Math.max(1, count)));
}

/** What the page shows: the hall's answers with the choices that are still on their way. */
export function merged(entry: Entry, pending: readonly Pending[]): Entry {
  const answers: Record<string, readonly string[]> = { ...entry.answers };
  const flags = new Set(entry.flags);
  for (const one of pending) {
    if (one.kind === "answer") answers[one.item] = one.keys;
    else if (one.on) flags.add(one.item);
    else flags.delete(one.item);
  }
  return { ...entry, answers, flags: [...flags] };
}

/** Which entry a fence is of: its lower half is a mark against guessing. */
export function entryOf(fence: number): number { return Math.floor(fence / 2 ** 32); }

/** Why the hall refused; null when it did not. The code is empty when something else than the hall spoke. */
export function problemOf(reply: Reply): Problem | null {
  if (reply.status === 200) return null;
  const body = (typeof reply.body === "object" && reply.body !== null ? reply.body : {}) as Record<string, unknown>;
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  return { code: text(body["code"]), reason: text(body["reason"]) };
}
