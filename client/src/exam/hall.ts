// The line to the hall: one message at a time, in order, repeated until the hall has answered. An answer leaves the
// local store only when its receipt is here. Refusals that no repeating can mend stop the line and are told once.

import { GoesOn, Stopped, type Listener, type Ports } from "./ports.ts";
import { ENTRY_REFUSED, entryOf, HELD, merged, NO_PICTURES, problemOf, together } from "./protocol.ts";
import { Retry } from "./retry.ts";
import { unseal } from "./sealed.ts";
import { Store, type Pending } from "./store.ts";
import {
  same, type Entry, type HandedIn, type Item, type Opened, type Problem, type Proof, type Pulse, type Reply, type SavedAll, type Standing,
} from "./wire.ts";

const MOST_NOTICES = 20;
const HELD_WAIT = 3_000;
// With less than this left the clock's own error may be all of it.
const WORTH_GOING_ON = 2_000;

export class Line {
  private store: Store | null = null;
  private fence = 0;
  private seq = 0;
  private known = new Map<string, readonly string[]>();
  private notices: string[] = [];
  private wanted: { auto: boolean; done: (result: HandedIn) => void; failed: (why: Error) => void } | null = null;
  private over = false;
  private end = 0;
  private dead: Stopped | null = null;
  private pumping = false;
  private again = false;
  private opened = false;
  private entering = false;
  private heard = 0;
  private sealed: Promise<Uint8Array> | null = null;
  private latest: Proof | null = null;
  private readonly retry: Retry;

  constructor(private readonly pass: string, private readonly ports: Ports, private readonly listener: Listener) {
    this.retry = new Retry(ports, (why) => listener.line(false, this.waiting, why));
  }

  /** Open or reopen the page. Tries until the hall answers; what is still waiting here is already counted in. */
  async enter(): Promise<Entry> {
    const entry = await this.open();
    this.store ??= new Store(this.ports.shelf, entry.sitting, entry.fence);
    this.fence = entry.fence;
    this.opened = entry.standing.now >= entry.opens;
    this.known = new Map(Object.entries(entry.answers));
    this.seq = Math.max(entry.seq, ...this.store.pending.map((one) => one.seq));
    this.heard = 0;
    this.stands(entry.standing);
    void this.pump();
    return merged(entry, this.store.pending);
  }

  /** Have the sealed paper on this computer before it is needed. */
  async prepare(entry: Entry): Promise<void> {
    while (this.dead === null) {
      this.sealed ??= this.ports.fetch(entry.sealed);
      try {
        await this.sealed;
        return;
      } catch {
        this.sealed = null;
        this.retry.fails();
        await this.retry.pause(0);
      }
    }
  }

  /** The items, once the hour has come: the key is asked for as often as it takes. */
  async unseal(entry: Entry): Promise<Item[]> {
    let key = entry.key;
    while (key === null) {
      const reply = await this.retry.attempt("/key", { pass: this.pass });
      if (reply === null) continue;
      const problem = problemOf(reply);
      if (problem === null) key = (reply.body as Opened).key;
      else if (problem.code === "not_begun") await this.retry.pause(1);
      else throw this.stop(problem);
    }
    await this.prepare(entry);
    if (this.dead !== null) throw this.dead;
    this.opened = true;
    void this.pump();
    return unseal(await (this.sealed as Promise<Uint8Array>), key, entry.order);
  }

  /** Go on a break that was granted, or come back from it. */
  async rest(on: boolean): Promise<void> {
    const reply = await this.retry.attempt("/rest", { pass: this.pass, fence: this.fence, on });
    // All messages of the invigilator come with it again; they are here already, or come with the next beat.
    if (reply?.status === 200) this.stands({ ...(reply.body as Standing), notes: [] });
    this.nudge();
  }

  /** Tell the hall what the candidate agreed to; it is asked for before the paper. */
  async agree(to: string, yes: boolean): Promise<void> {
    for (;;) {
      const reply = await this.retry.attempt("/agree", { pass: this.pass, fence: this.fence, to, yes });
      if (reply === null) continue;
      const problem = problemOf(reply);
      if (problem !== null && problem.code !== "unknown_kind") this.stop(problem);
      return;
    }
  }

  /** Send what the camera saw, once; `false` when the hall wants no more of it. */
  async picture(picture: string): Promise<boolean> {
    const { status, body } = await this.ports.send("/picture", { pass: this.pass, fence: this.fence, picture });
    return status === 200 || !NO_PICTURES.has((body as Partial<Problem>).code ?? "");
  }

  /** The last signature of the hall over what it has. */
  get proof(): Proof | null { return this.latest; }

  /** Keep what is given at an item and send it. */
  choose(item: string, keys: readonly string[]): void {
    const before = this.known.get(item) ?? [];
    this.push({ kind: "answer", seq: ++this.seq, item, keys, before, tried: false });
  }

  /** Keep the candidate's own mark and send it. */
  mark(item: string, on: boolean): void {
    this.push({ kind: "flag", seq: ++this.seq, item, on, tried: false });
  }

  /** Tell what the page noticed; dropped rather than kept when the line is down for long. */
  notice(kind: string): void {
    if (this.notices.length < MOST_NOTICES) this.notices.push(kind);
    void this.pump();
  }

  /** Hand in after everything that waits. Resolves when the hall has confirmed. */
  handIn(auto: boolean): Promise<HandedIn> {
    return new Promise((done, failed) => {
      if (this.dead !== null) return failed(this.dead);
      this.wanted = { auto, done, failed };
      this.nudge();
      void this.pump();
    });
  }

  /** A sign of life; sets the clock and learns of more time. */
  async beat(): Promise<void> {
    if (this.dead !== null || this.store === null) return;
    const began = this.ports.clock.elapsed();
    const fence = this.fence;
    let reply: Reply;
    try {
      reply = await this.ports.send("/clock", { pass: this.pass, fence, noted: this.heard });
    } catch {
      this.retry.unheard = true;
      return this.listener.line(false, this.waiting);
    }
    this.retry.unheard = false;
    if (reply.status !== 200) return this.judgeBeat(reply, fence);
    const { standing, proof } = reply.body as Pulse;
    this.ports.clock.learn(standing.now, began, this.ports.clock.elapsed());
    this.latest = proof;
    this.stands(standing);
    if (standing.handed_in && this.wanted === null) this.stop({ code: "handed_in", reason: "" });
    else if (this.pumping && this.retry.failures > 0) this.nudge();
    else {
      // What failed last was a notice, of which nothing is kept: no next try will tell that the line works again.
      this.retry.failures = 0;
      this.listener.line(true, this.waiting);
      void this.pump();
    }
  }

  /** Try again at once: the network is back, or time is short. */
  nudge(): void { this.retry.nudge(); }

  /** Of how many items the answer or the mark has no receipt yet; an answer changed on its way counts once. */
  get waiting(): number { return new Set(this.store?.pending.map((one) => `${one.kind} ${one.item}`)).size; }

  /** False when the browser keeps nothing and a reload would lose what is waiting. */
  get durable(): boolean { return this.store?.durable ?? true; }

  private judgeBeat(reply: Reply, fence: number): void {
    const problem = problemOf(reply);
    // A beat that crossed our own entering on the way speaks of the fence before it.
    const crossed = this.entering || fence !== this.fence;
    if (problem !== null && !crossed && problem.code !== "" && reply.status < 500) this.stop(problem);
  }

  private push(entry: Pending): void {
    if (this.store === null || this.dead !== null) return;
    this.store.push(entry);
    this.listener.line(this.retry.failures === 0, this.waiting);
    void this.pump();
  }

  private async pump(): Promise<void> {
    // Whoever asks while the last message is being dealt with is heard when it is done.
    this.again = true;
    if (this.pumping || !this.opened) return;
    this.pumping = true;
    try {
      while (this.dead === null && this.again) {
        this.again = false;
        if (await this.next()) this.again = true;
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    } finally {
      this.pumping = false;
    }
  }

  /** Deal with one message; false when nothing is to be done. */
  private async next(): Promise<boolean> {
    if (this.ports.moved?.() === true) await this.rejoin();
    const waiting = this.over ? [] : (this.store?.pending ?? []);
    const [entry] = waiting;
    if (waiting.length > 1) await this.deliverAll(together(waiting));
    else if (entry !== undefined) await this.deliver(entry);
    else if (this.wanted !== null) await this.close(this.wanted.auto);
    else if (this.notices.length > 0 && this.retry.failures === 0) await this.tell(this.notices.shift() as string);
    else return false;
    return true;
  }

  private async deliver(entry: Pending): Promise<void> {
    const store = this.store as Store;
    store.trying(entry.seq);
    const common = { pass: this.pass, fence: this.fence, seq: entry.seq, item: entry.item };
    const reply = entry.kind === "answer"
      ? await this.retry.attempt("/answer", { ...common, keys: entry.keys })
      : await this.retry.attempt("/flag", { ...common, on: entry.on });
    if (reply === null) return;
    const problem = problemOf(reply);
    if (problem === null) this.taken(entry, reply.body as { saved_at: number; deadline: number });
    else await this.refused(entry, problem);
  }

  /** What gathered while the line was down goes in one message; the hall judges each entry by itself. */
  private async deliverAll(entries: readonly Pending[]): Promise<void> {
    const store = this.store as Store;
    for (const { seq } of entries) store.trying(seq);
    const said = entries.map((one) => ({ seq: one.seq, item: one.item, ...(one.kind === "answer" ? { keys: one.keys } : { on: one.on }) }));
    const reply = await this.retry.attempt("/answers", { pass: this.pass, fence: this.fence, entries: said });
    if (reply === null) return;
    const problem = problemOf(reply);
    if (problem !== null) return this.refused(entries[0] as Pending, problem);
    const all = reply.body as SavedAll;
    for (const entry of entries) if (all.saved.includes(entry.seq)) this.taken(entry, all);
    for (const { seq, code, reason } of all.refused) {
      const entry = entries.find((one) => one.seq === seq);
      // After a conflict the numbers are new, and after a stop nothing more is to be said.
      if (entry === undefined || this.dead !== null || !store.pending.some((one) => one.seq === seq)) continue;
      await this.refused(entry, { code, reason });
      if (code === "seq_conflict" || HELD.has(code)) return;
    }
  }

  private taken(entry: Pending, saved: { saved_at: number; deadline: number }): void {
    if (entry.kind === "answer") this.known.set(entry.item, entry.keys);
    (this.store as Store).drop(entry.seq);
    this.moved(saved.deadline);
    this.listener.saved(saved.saved_at);
    this.listener.line(true, this.waiting);
  }

  private async refused(entry: Pending, problem: Problem): Promise<void> {
    const store = this.store as Store;
    if (HELD.has(problem.code)) {
      this.listener.line(true, this.waiting, problem.code);
      void this.beat();
      await this.retry.rest(HELD_WAIT);
    } else if (problem.code === "ended") {
      this.over = true;
      this.listener.late(this.waiting);
    } else if (problem.code === "seq_conflict") {
      await this.reconcile(entry);
    } else if (ENTRY_REFUSED.has(problem.code)) {
      store.drop(entry.seq);
      if (entry.kind === "answer" && problem.code !== "stale") this.listener.replaced(entry.item, this.known.get(entry.item) ?? []);
      this.listener.line(true, this.waiting);
    } else {
      this.stop(problem);
    }
  }

  /** Our number was used from elsewhere. Ours holds if the item was not touched there; otherwise the newer device's. */
  private async reconcile(entry: Pending): Promise<void> {
    const store = this.store as Store;
    const theirs = await this.open();
    this.fence = theirs.fence;
    this.known = new Map(Object.entries(theirs.answers));
    const now = theirs.answers[entry.item] ?? [];
    if (entry.kind === "answer" && !same(now, entry.before)) {
      store.drop(entry.seq);
      this.listener.replaced(entry.item, now);
    }
    store.renumber(theirs.seq);
    this.seq = theirs.seq + store.pending.length;
  }

  /** Another machine of the hall serves now. What the first confirmed while it was alone and this one never got is sent
   * once more, unless somebody else has entered since. */
  private async rejoin(): Promise<void> {
    const store = this.store as Store;
    const ours = this.fence;
    const theirs = await this.open();
    this.ports.moved?.(); // on the way there the address may have changed again
    this.fence = theirs.fence;
    this.seq = Math.max(this.seq, theirs.seq);
    this.moved(theirs.standing.deadline);
    if (entryOf(theirs.fence) > entryOf(ours) + 1) return;
    for (const [item, keys] of this.known) {
      const there = theirs.answers[item] ?? [];
      const newer = store.pending.some((one) => one.kind === "answer" && one.item === item);
      if (!newer && !same(there, keys)) store.push({ kind: "answer", seq: ++this.seq, item, keys, before: there, tried: false });
    }
    this.listener.line(true, this.waiting);
  }

  private async close(auto: boolean): Promise<void> {
    if (auto && this.retry.unheard) {
      // The end may have moved while the hall could not be heard: the page's clock alone closes no paper.
      await this.beat();
      if (this.dead === null && this.retry.unheard) await this.retry.pause(0);
      return;
    }
    if (auto && this.end - this.ports.clock.now() > WORTH_GOING_ON) {
      const { failed } = this.wanted as NonNullable<Line["wanted"]>;
      this.wanted = null;
      return failed(new GoesOn());
    }
    const reply = await this.retry.attempt("/submit", { pass: this.pass, fence: this.fence, auto });
    if (reply === null) return;
    const problem = problemOf(reply);
    if (problem !== null) {
      this.stop(problem);
      return;
    }
    const { done } = this.wanted as NonNullable<Line["wanted"]>;
    this.wanted = null;
    this.dead = new Stopped("handed_in", "");
    this.latest = (reply.body as HandedIn).proof;
    done(reply.body as HandedIn);
  }

  private async tell(kind: string): Promise<void> {
    // A notice that is refused is not worth disturbing anyone, unless the refusal concerns the whole page.
    const reply = await this.retry.attempt("/event", { pass: this.pass, fence: this.fence, kind });
    const problem = reply === null ? null : problemOf(reply);
    if (problem !== null && ["superseded", "voided", "handed_in"].includes(problem.code)) this.stop(problem);
  }

  /** Enter, as often as it takes. */
  private async open(): Promise<Entry> {
    this.entering = true;
    try {
      for (;;) {
        const began = this.ports.clock.elapsed();
        const reply = await this.retry.attempt("/enter", { pass: this.pass, ...this.ports.self() });
        if (reply === null) continue;
        const problem = problemOf(reply);
        if (problem !== null) throw this.stop(problem);
        const entry = reply.body as Entry;
        this.ports.clock.learn(entry.standing.now, began, this.ports.clock.elapsed());
        return entry;
      }
    } finally {
      this.entering = false;
    }
  }

  private stands(standing: Standing): void {
    this.heard += standing.notes.length;
    this.listener.standing(standing);
    this.moved(standing.deadline);
  }

  private moved(end: number): void {
    if (end === this.end) return;
    const later = end > this.end;
    this.end = end;
    this.listener.deadline(end);
    if (later && this.over) {
      this.over = false;
      void this.pump();
    }
  }

  private stop(problem: Problem): Stopped {
    const stopped = new Stopped(problem.code, problem.reason);
    if (this.dead === null) {
      this.dead = stopped;
      this.wanted?.failed(stopped);
      this.wanted = null;
      this.listener.stopped(problem.code, problem.reason);
    }
    return stopped;
  }
}
