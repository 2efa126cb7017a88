// Writing is saved when it pauses, not at every letter; and at once when the field is left.

/** How long a pause must be, ms: a second, and more for long texts, which take longer to send. */
export function pauseAfter(length: number): number { return Math.min(5_000, 1_000 + length / 4); }

export class Pause {
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly act: () => void) {}

  get waiting(): boolean { return this.timer !== null; }

  /** Something was written; act after so many ms without more of it. */
  begin(ms: number): void {
    this.drop();
    this.timer = setTimeout(() => this.end(), ms);
  }

  /** Act now, if anything is waiting. */
  end(): void {
    if (!this.waiting) return;
    this.drop();
    this.act();
  }

  /** Forget what is waiting. */
  drop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}

// What a message or a document cannot carry: control characters and halves of characters.
const UNSPEAKABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udfff]/gu;

/** The answer that stands in some inputs: their texts, or nothing when all are blank. */
export function texts(values: readonly string[]): readonly string[] {
  const tidy = values.map((value) => value.replace(UNSPEAKABLE, ""));
  return tidy.some((value) => value.trim() !== "") ? tidy : [];
}
