// One message tried until it is answered: longer and longer waits, cut short when there is reason to hope.

import { problemOf } from "./protocol.ts";
import type { Reply, Send } from "./wire.ts";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;

export interface RetryPorts {
  readonly send: Send;
  /** Waits; the line may wake earlier by itself. */
  readonly sleep: (ms: number) => Promise<void>;
  /** A number from 0 up to 1, to keep a thousand pages from coming back in the same instant. */
  readonly chance: () => number;
}

export class Retry {
  /** How many tries in a row came to nothing. */
  failures = 0;
  /** The hall was not heard since the last failure; only a beat that it answers says otherwise. */
  unheard = false;
  private wake: () => void = () => undefined;

  /** `failed` hears of every try that came to nothing, with the hall's code for it when it gave one. */
  constructor(private readonly ports: RetryPorts, private readonly failed: (why: string) => void) {}

  /** One try; null after a failure that repeating may mend, when the wait is over. */
  async attempt(path: string, body: object): Promise<Reply | null> {
    const reply = await this.ports.send(path, body).catch(() => null);
    const problem = reply === null ? null : problemOf(reply);
    const hopeful = reply === null || reply.status >= 500 || problem?.code === "";
    if (!hopeful) {
      this.failures = 0;
      return reply;
    }
    this.unheard = true;
    this.fails(problem?.code ?? "");
    await this.pause(reply?.retryAfter ?? 0);
    return null;
  }

  /** Count a try that came to nothing and tell of it. */
  fails(why = ""): void {
    this.failures += 1;
    this.failed(why);
  }

  /** Wait as long as the failures until now call for, and no less than the hall asked for (seconds). */
  async pause(retryAfter: number): Promise<void> {
    const grown = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(this.failures - 1, 10));
    await this.rest(Math.max(grown, retryAfter * 1000) * (0.5 + this.ports.chance() / 2));
  }

  /** Wait that long or until `nudge`. */
  async rest(ms: number): Promise<void> {
    await Promise.race([this.ports.sleep(ms), new Promise<void>((go) => { this.wake = go; })]);
    this.wake = () => undefined;
  }

  /** Try again at once: the network is back, or time is short. */
  nudge(): void { this.wake(); }
}
