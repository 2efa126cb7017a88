// What has been chosen here and not yet been receipted by the hall. It survives a reload and a dead browser.

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
}

export class Store {
  private queue: Pending[];
  private safe = true;
  private readonly key: string;

  constructor(private readonly shelf: Shelf, sitting: number) {
    this.key = `jiangheng-exam-${sitting}`;
    this.queue = this.read();
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

  private read(): Pending[] {
    try {
      const kept: unknown = JSON.parse(this.shelf.getItem(this.key) ?? "[]");
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

function isPending(value: unknown): value is Pending {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Record<string, unknown>;
  const texts = (list: unknown): boolean => Array.isArray(list) && list.every((key) => typeof key === "string");
  const known = entry["kind"] === "answer" ? texts(entry["keys"]) && texts(entry["before"]) : entry["kind"] === "flag" && typeof entry["on"] === "boolean";
  return known && Number.isInteger(entry["seq"]) && typeof entry["item"] === "string" && typeof entry["tried"] === "boolean";
}
