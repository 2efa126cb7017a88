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

export interface Entry {
  readonly sitting: number;
  readonly seat: string;
  readonly title: string;
  readonly minutes: number;
  readonly now: number;
  readonly opens: number;
  readonly deadline: number;
  readonly kinds: readonly KindLine[];
  readonly items: readonly Item[] | null;
  readonly answers: Readonly<Record<string, readonly string[]>>;
  readonly flags: readonly string[];
  readonly seq: number;
  readonly fence: number;
  readonly handed_in: boolean;
}

export interface Saved { readonly seq: number; readonly receipt: string; readonly saved_at: number; readonly deadline: number }
export interface HandedIn { readonly handed_in: number; readonly answered: number; readonly total: number; readonly receipt: string }
export interface Pulse { readonly now: number; readonly deadline: number; readonly handed_in: boolean }
export interface Problem { readonly code: string; readonly reason: string }

/** One answer of the hall; `retryAfter` in seconds, 0 when it said nothing about it. */
export interface Reply { readonly status: number; readonly retryAfter: number; readonly body: unknown }

/** Sends one message; rejects when the network gives no answer at all. */
export type Send = (path: string, body: object) => Promise<Reply>;

/** The sender of a real page. A line that stays silent for `silence` ms counts as dead. */
export function sender(base: string, silence = 10_000): Send {
  return async (path, body) => {
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
      return { status: reply.status, retryAfter: Number(reply.headers.get("retry-after")) || 0, body: content };
    } finally {
      clearTimeout(timer);
    }
  };
}
