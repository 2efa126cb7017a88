// What the hall says and hears. The names are those of the hall's own messages.

export interface Option { readonly key: string; readonly text: string }
/** An item, or a part of a case. Stem and option texts are rich; what only some kinds have is absent elsewhere. */
export interface Item {
  readonly id: string;
  readonly kind: string;
  readonly stem: string;
  readonly options: readonly Option[];
  readonly blanks?: number;
  readonly unit?: string;
  readonly targets?: readonly Option[];
  readonly picture?: string;
  readonly parts?: readonly Item[];
}
/** Is it the same answer? The order counts: steps and blanks have theirs, and a seat sends choices in one order only. */
export function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, place) => key === b[place]);
}

export interface KindLine { readonly kind: string; readonly label: string; readonly count: number; readonly marks: string | number }

/** The orders of items, options and right-hand columns at this seat, by id and key. */
export interface Order {
  readonly items: readonly string[];
  readonly options: Readonly<Record<string, readonly string[]>>;
  readonly targets?: Readonly<Record<string, readonly string[]>>;
}

export interface Note { readonly at: number; readonly text: string }

export type Stage = "waiting" | "open" | "paused" | "locked" | "break" | "handed" | "voided";

/** How the sitting stands: seconds of breaks left, since when one is taken (0: none), messages not yet heard of. */
export interface Standing {
  readonly now: number;
  readonly deadline: number;
  readonly handed_in: boolean;
  readonly stage: Stage;
  readonly breaks: number;
  readonly rest: number;
  readonly large: boolean;
  readonly notes: readonly Note[];
}

/** The hall's signature over the last receipt. */
export interface Proof { readonly link: number; readonly receipt: string; readonly at: number; readonly key: string; readonly signature: string }

export interface Entry {
  readonly sitting: number;
  readonly seat: string;
  readonly title: string;
  readonly minutes: number;
  readonly opens: number;
  readonly kinds: readonly KindLine[];
  readonly sealed: string;
  readonly order: Order;
  readonly key: string | null;
  readonly answers: Readonly<Record<string, readonly string[]>>;
  readonly flags: readonly string[];
  readonly seq: number;
  readonly fence: number;
  readonly camera: number;
  readonly calculator: boolean;
  readonly lock_after: number;
  readonly agreed: Readonly<Record<string, boolean>>;
  readonly standing: Standing;
}

export interface CheckedIn { readonly pass: string; readonly name: string; readonly seat: string; readonly title: string; readonly photo: string }
export interface Opened { readonly key: string; readonly now: number }
export interface Saved { readonly seq: number; readonly link: number; readonly receipt: string; readonly saved_at: number; readonly deadline: number }
export interface SavedAll {
  readonly saved: readonly number[];
  readonly refused: readonly { readonly seq: number; readonly code: string; readonly reason: string }[];
  readonly saved_at: number;
  readonly deadline: number;
}
export interface HandedIn { readonly handed_in: number; readonly answered: number; readonly total: number; readonly receipt: string; readonly proof: Proof }
export interface Pulse { readonly standing: Standing; readonly proof: Proof }
export interface Problem { readonly code: string; readonly reason: string }

/** One answer of the hall; `retryAfter` in seconds, 0 when it said nothing about it. */
export interface Reply { readonly status: number; readonly retryAfter: number; readonly body: unknown }

/** Sends one message; rejects when the network gives no answer at all. */
export type Send = (path: string, body: object) => Promise<Reply>;

/** Fetches a sealed paper; rejects when it cannot be had now. */
export type Fetch = (seal: string) => Promise<Uint8Array>;

const FAILURES = 2;
const SILENCE = 10_000;
const SILENCE_OF_SEVERAL = 4_000;

/** The hall's addresses, separated by spaces: one, or those of two machines that keep each other's copy. A page stays
 * with one until it fails twice in a row, or says that it is the other's turn. */
export class Bases {
  private readonly all: readonly string[];
  private failures = 0;
  private place = 0;
  private served = 0;

  constructor(text: string) { this.all = text.split(/\s+/).filter((base) => base !== ""); }

  /** Where to send the next message. */
  get now(): string { return this.all[this.place] ?? "/hall"; }

  /** How long a line may stay silent: where there is another machine, a dead one is left sooner. */
  get silence(): number { return this.all.length > 1 ? SILENCE_OF_SEVERAL : SILENCE; }

  /** An address gave no answer (or said that the other serves). */
  failed(base: string, elsewhere = false): void {
    if (base !== this.now) return;
    this.failures += 1;
    if (!elsewhere && this.failures < FAILURES) return;
    this.place = (this.place + 1) % Math.max(1, this.all.length);
    this.failures = 0;
  }

  /** An address answered. */
  answered(base: string): void { if (base === this.now) this.failures = 0; }

  /** Does another machine serve than the last time this was asked? */
  moved(): boolean {
    const before = this.served;
    this.served = this.place;
    return before !== this.place;
  }
}

/** The hall's clock, for anyone; rejects when there is no answer. */
export async function clockAt(base: string): Promise<number> {
  const reply = await fetch(`${base}/clock`, { cache: "no-store", credentials: "omit" });
  return ((await reply.json()) as { now: number }).now;
}

/** The fetcher of a real page. */
export function fetcher(bases: Bases, silence = 30_000): Fetch {
  return async (seal) => {
    const base = bases.now;
    const cut = new AbortController();
    const timer = setTimeout(() => cut.abort(), silence);
    try {
      const reply = await fetch(`${base}/sealed/${seal}`, { credentials: "omit", signal: cut.signal });
      if (!reply.ok) throw new Error(`no paper: ${reply.status}`);
      return new Uint8Array(await reply.arrayBuffer());
    } catch (error) {
      bases.failed(base);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}

/** The sender of a real page. A line that stays silent for `silence` ms counts as dead. */
export function sender(bases: Bases, silence = bases.silence): Send {
  return async (path, body) => {
    const base = bases.now;
    const cut = new AbortController();
    const timer = setTimeout(() => cut.abort(), silence);
    try {
      const reply = await fetch(base + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        cache: "no-store",
        credentials: "same-origin",
        signal: cut.signal,
      });
      // A proxy's own error page is not JSON: without a code it is treated like a dead line and tried again.
      const content: unknown = await reply.json().catch(() => ({}));
      if (reply.status === 503 && (content as Partial<Problem>).code === "not_here") bases.failed(base, true);
      else bases.answered(base);
      return { status: reply.status, retryAfter: Number(reply.headers.get("retry-after")) || 0, body: content };
    } catch (error) {
      bases.failed(base);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}
