// What the line to the hall needs of the page, and what it tells it.

import type { Clock } from "./clock.ts";
import type { RetryPorts } from "./retry.ts";
import type { Shelf } from "./store.ts";
import type { Fetch, Standing } from "./wire.ts";

export interface Listener {
  /** A receipt came; `at` is the server's time of saving. */
  saved(at: number): void;
  /** The line works or not, how much is waiting, and the hall's code for why not when it gave one. */
  line(online: boolean, waiting: number, why?: string): void;
  /** The end of the sitting as the hall now sees it. */
  deadline(at: number): void;
  /** The hall takes no more answers because the time is over; this many stayed here. */
  late(waiting: number): void;
  /** Another device changed this item meanwhile; what it chose holds. */
  replaced(item: string, keys: readonly string[]): void;
  /** How the sitting stands: paused, locked, on a break, or open; and what the invigilator wrote. */
  standing(now: Standing): void;
  /** The line is dead for good. */
  stopped(code: string, reason: string): void;
}

/** The hall refused for good. */
export class Stopped extends Error {
  constructor(readonly code: string, readonly reason: string) { super(code); }
}

/** The end was moved while the hall could not be heard: the paper is not to be closed, the candidate goes on. */
export class GoesOn extends Error {}

export interface Ports extends RetryPorts {
  readonly fetch: Fetch;
  /** What names this browser to the hall, and what Safe Exam Browser says of the page. */
  readonly self: () => Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly shelf: Shelf;
  /** Does another machine of the hall serve than the last time this was asked? */
  readonly moved?: () => boolean;
}
