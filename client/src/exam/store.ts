// What has been chosen here and not yet been receipted by the hall. It survives a reload and a dead browser. Each page
// writes under a name of its own, so that an older tab that does not know yet that it is out cannot write over a newer one.

export interface PendingAnswer {
  readonly kind: "answer";
  readonly seq: number;
  readonly item: string;
  readonly keys: readonly string[];
  /** What the hall had for this item when the choice was made; decides who is right after a conflict. */
  readonly before: readonly string[];
  readonly tried: boolean;
}
export interface PendingFlag { readonly kind: "flag"; readonly seq: number; readonly item: string; readonly on: boolean; readonly tried: boolean }
export type Pending = PendingAnswer | PendingFlag;

/** The part of localStorage that is used. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  readonly length: number;
  key(place: number): string | null;
}

export class Store {
  private queue: Pending[];
  private safe = true;
  private readonly key: string;

  /** What pages before this one left is taken over; `fence` is the number of this page's entry. */
  constructor(private readonly shelf: Shelf, sitting: number, fence: number) {
    const prefix = `jiangheng-exam-${sitting}-`;
    this.key = prefix + String(fence);
    const older = this.names().filter((name) => name.startsWith(prefix) && name !== this.key);
    const age = (name: string): number => Number(name.slice(prefix.length));
    this.queue = joined([...older.sort((a, b) => age(a) - age(b)), this.key].map((name) => this.read(name)));
    this.write();
    // Only now: had the browser died in between, the next page would have found everything twice instead of not at all.
    if (this.safe) for (const name of older) this.drops(name);
  }

  /** Everything not yet receipted, oldest first. */
  get pending(): readonly Pending[] { return this.queue; }

  /** False when the browser refuses to keep anything: then answers live only as long as the page. */
  get durable(): boolean { return this.safe; }

  /** Keep a choice. One of the same item that was never sent is replaced, so that an hour offline stays a short queue. */
  push(entry: Pending): void {
    let kept = entry;
    const stays = (old: Pending): boolean => {
      if (old.tried || old.kind !== entry.kind || old.item !== entry.item) return true;
      if (old.kind === "answer" && kept.kind === "answer") kept = { ...kept, before: old.before };
      return false;
    };
    this.queue = [...this.queue.filter(stays), kept];
    this.write();
  }

  /** From now on the hall may have it: its number and content are fixed. */
  trying(seq: number): void {
    this.queue = this.queue.map((entry) => (entry.seq === seq ? { ...entry, tried: true } : entry));
    this.write();
  }

  /** The hall has it, or will never take it. */
  drop(seq: number): void {
    this.queue = this.queue.filter((entry) => entry.seq !== seq);
    this.write();
  }

  /** Give every entry a new number after `seq`, in the same order. */
  renumber(seq: number): void {
    this.queue = this.queue.map((entry, place) => ({ ...entry, seq: seq + 1 + place, tried: false }));
    this.write();
  }

  private names(): string[] {
    try {
      return Array.from({ length: this.shelf.length }, (_, place) => this.shelf.key(place) ?? "");
    } catch {
      return [];
    }
  }

  private drops(name: string): void {
    try { this.shelf.removeItem(name); } catch { /* the next page finds it again and loses nothing */ }
  }

  private read(name: string): Pending[] {
    try {
      const kept: unknown = JSON.parse(this.shelf.getItem(name) ?? "[]");
      return Array.isArray(kept) ? kept.filter(isPending).sort((a, b) => a.seq - b.seq) : [];
    } catch {
      return [];
    }
  }

  private write(): void {
    try {
      if (this.queue.length === 0) this.shelf.removeItem(this.key);
      else this.shelf.setItem(this.key, JSON.stringify(this.queue));
      this.safe = true;
    } catch {
      this.safe = false;
    }
  }
}

/** The queues of several pages as one: a number that two of them used goes on under a new one. */
function joined(queues: readonly (readonly Pending[])[]): Pending[] {
  let most = Math.max(0, ...queues.flat().map((entry) => entry.seq));
  const bySeq = new Map<number, Pending>();
  for (const entry of queues.flat()) {
    const other = bySeq.get(entry.seq);
    if (other === undefined) bySeq.set(entry.seq, entry);
    else if (!alike(other, entry)) bySeq.set(++most, { ...entry, seq: most, tried: false });
  }
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

function alike(a: Pending, b: Pending): boolean {
  if (a.item !== b.item || a.kind !== b.kind) return false;
  return a.kind === "flag" ? a.on === (b as PendingFlag).on : a.keys.join("\n") === (b as PendingAnswer).keys.join("\n");
}

function isPending(value: unknown): value is Pending {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Record<string, unknown>;
  const texts = (list: unknown): boolean => Array.isArray(list) && list.every((key) => typeof key === "string");
  const known = entry["kind"] === "answer" ? texts(entry["keys"]) && texts(entry["before"]) : entry["kind"] === "flag" && typeof entry["on"] === "boolean";
  return known && Number.isInteger(entry["seq"]) && typeof entry["item"] === "string" && typeof entry["tried"] === "boolean";
}
