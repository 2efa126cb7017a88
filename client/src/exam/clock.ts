// The server's clock, told from a few exchanges. The computer's own clock may be wrong or be changed during the
// examination: it is never asked for the hour, only for elapsed time.

interface Sample { readonly offset: number; readonly trip: number }

const KEPT = 8;

export class Clock {
  private samples: Sample[] = [];

  /** `elapsed` is a clock that only runs forward, in milliseconds (performance.now). */
  constructor(readonly elapsed: () => number) {}

  /** The server said it was `server` in an exchange that began and ended at these elapsed times. */
  learn(server: number, began: number, ended: number): void {
    const sample = { offset: server - (began + ended) / 2, trip: ended - began };
    this.samples = [...this.samples.slice(1 - KEPT), sample];
  }

  /** The server's time now, UTC milliseconds. The shortest exchange errs least, by half its length at most. */
  now(): number {
    const [first, ...rest] = this.samples;
    if (first === undefined) throw new Error("the clock has not been set");
    const best = rest.reduce((a, b) => (b.trip <= a.trip ? b : a), first);
    return this.elapsed() + best.offset;
  }

  /** After the computer slept its elapsed time is worth nothing: forget, and keep only the newest exchange. */
  doubt(): void {
    this.samples = this.samples.slice(-1);
  }
}

/** Time left as 1:29:59; never negative. Rounded up, so that 0:00:00 means the end. */
export function left(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** The time of day in China, where every examination takes place: 12:03:07. */
export function timeOfDay(ms: number): string {
  const format = new Intl.DateTimeFormat("zh-CN", {
    timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  return format.format(ms);
}

/** Says each warning once: `due` gives those that the time left has newly reached, nearest the end last. */
export class Warnings {
  private readonly said = new Set<number>();

  constructor(private readonly marks: readonly number[]) {}

  /** The mark to be told now, or 0. A page opened late is told only the nearest one. */
  due(remaining: number): number {
    const reached = this.marks.filter((mark) => remaining <= mark && remaining > 0 && !this.said.has(mark));
    for (const mark of reached) this.said.add(mark);
    return reached.length === 0 ? 0 : Math.min(...reached);
  }

  /** More time was given: warnings that lie ahead again will be told again. */
  reset(remaining: number): void {
    for (const mark of this.said) if (remaining > mark) this.said.delete(mark);
  }
}
