// The candidate's page: waiting room, paper, finish. It speaks to the hall and to nobody else until the paper is in.

import { ask } from "./ask.ts";
import { Clock, timeOfDay, Warnings } from "./clock.ts";
import { Line, Stopped, type Listener } from "./hall.ts";
import { PaperView } from "./paper.ts";
import * as screens from "./screens.ts";
import { Sheet } from "./sheet.ts";
import { watch } from "./watch.ts";
import { sender, type Entry, type HandedIn } from "./wire.ts";
import { knows, speaker, type Say } from "./words.ts";

const TICK = 250;
const BEAT = 15_000;
const SPREAD = 1_500;
const LEAVE_AFTER = 2_500;

class Page implements Listener {
  private readonly clock = new Clock(() => performance.now());
  private readonly warnings = new Warnings([600_000, 60_000]);
  private readonly say: Say;
  private readonly hall: Line;
  private paper: PaperView | null = null;
  private closing: ReturnType<typeof screens.closing> | null = null;
  private ticking: (() => void) | null = null;
  private end = 0;
  private lost = 0;
  private left = false;

  constructor(private readonly root: HTMLElement) {
    const words = document.getElementById("exam-words")?.textContent ?? "{}";
    this.say = speaker(root.lang || "zh-CN", JSON.parse(words) as Record<string, unknown>);
    const send = sender(root.dataset["hall"] ?? "/hall");
    const sleep = (ms: number): Promise<void> => new Promise((go) => { setTimeout(go, ms); });
    this.hall = new Line(root.dataset["pass"] ?? "", { send, clock: this.clock, shelf: shelf(), sleep, chance: Math.random }, this);
  }

  async start(): Promise<void> {
    this.show(screens.plain(this.say("loading")));
    setInterval(() => this.ticking?.(), TICK);
    setInterval(() => void this.hall.beat(), BEAT);
    window.addEventListener("online", () => this.hall.nudge());
    document.addEventListener("visibilitychange", () => this.looked());
    window.addEventListener("beforeunload", (event) => { this.paper?.flush(); if (this.hall.waiting > 0 && this.closing === null) event.preventDefault(); });
    await this.enter();
    watch(window, (kind) => { if (this.paper !== null && this.closing === null) this.hall.notice(kind); }, () => performance.now());
  }

  saved(at: number): void { this.paper?.saved(at); }

  line(online: boolean, waiting: number, why = ""): void {
    this.closing?.waiting(waiting, online);
    if (this.paper !== null) this.paper.line(online, waiting, this.hall.durable);
    else if (!online && this.ticking === null && this.closing === null) this.show(screens.plain(this.say(knows(why) ? why : "connecting")));
  }

  deadline(at: number): void {
    const before = this.end;
    this.end = at;
    if (this.paper === null || before === 0) return;
    this.warnings.reset(at - this.clock.now());
    this.paper.announce(this.say("more_time", { time: timeOfDay(at) }));
  }

  late(waiting: number): void { this.lost = waiting; }

  replaced(item: string, keys: readonly string[]): void { this.paper?.replace(item, keys); }

  stopped(code: string, reason: string): void {
    this.quiet();
    if (code === "handed_in") this.leave();
    else this.show(screens.stopped(code, reason, this.say));
  }

  private async enter(): Promise<void> {
    let entry: Entry;
    try {
      entry = await this.hall.enter();
    } catch (error) {
      if (error instanceof Stopped) return; // stopped() has already told.
      throw error;
    }
    if (entry.handed_in) this.stopped("handed_in", "");
    else if (entry.now < entry.opens) this.wait(entry);
    else if (entry.items === null || entry.items.length === 0) await this.handIn(true);
    else this.open(entry, new Sheet(entry.items, entry.answers, entry.flags));
  }

  private wait(entry: Entry): void {
    const room = screens.waitingRoom(entry, this.say);
    this.show(room.element);
    this.ticking = () => {
      const remaining = entry.opens - this.clock.now();
      room.tick(remaining);
      if (remaining > 0) return;
      this.ticking = null;
      // A thousand pages must not all come in the same instant.
      setTimeout(() => void this.enter(), Math.random() * SPREAD);
    };
    this.ticking();
  }

  private open(entry: Entry, sheet: Sheet): void {
    const paper = new PaperView(entry, sheet, this.say, {
      choose: (item, keys) => this.hall.choose(item, keys),
      mark: (item, on) => this.hall.mark(item, on),
      handIn: () => { paper.flush(); ask(this.root, sheet, this.say, () => void this.handIn(false), (place) => paper.go(place)); },
    });
    this.paper = paper;
    this.show(paper.element);
    this.ticking = () => this.passing(paper);
    this.ticking();
  }

  private passing(paper: PaperView): void {
    const remaining = this.end - this.clock.now();
    paper.tick(remaining);
    const warning = this.warnings.due(remaining);
    if (warning > 0) paper.announce(this.say(warning > 60_000 ? "ten_minutes" : "one_minute"));
    if (remaining > 0) return;
    this.ticking = null;
    void this.timeIsUp(paper);
  }

  /** Ask the hall once more before closing: more time may have been given a moment ago. */
  private async timeIsUp(paper: PaperView): Promise<void> {
    const end = this.end;
    await this.hall.beat();
    if (this.paper !== paper) return;
    if (this.end > end) this.ticking = () => this.passing(paper);
    else await this.handIn(true);
  }

  private async handIn(auto: boolean): Promise<void> {
    if (this.closing !== null) return;
    this.quiet();
    this.closing = screens.closing(auto, this.say);
    this.closing.waiting(this.hall.waiting, true);
    this.show(this.closing.element);
    let result: HandedIn;
    try {
      result = await this.hall.handIn(auto);
    } catch (error) {
      if (error instanceof Stopped) return; // stopped() has already told.
      throw error;
    }
    const lost = Math.min(this.lost, this.hall.waiting);
    this.show(screens.done(result, lost, this.say, () => this.leave()));
    if (lost === 0) setTimeout(() => this.leave(), LEAVE_AFTER);
  }

  /** The page is looked at again, perhaps after the computer slept. */
  private looked(): void {
    if (document.visibilityState !== "visible") {
      this.paper?.flush(); // The page may never be seen again.
      return;
    }
    this.hall.nudge();
    void this.hall.beat().then(() => this.clock.doubt());
  }

  private quiet(): void {
    document.querySelector("dialog")?.close();
    this.paper?.close();
    this.paper = null;
    this.ticking = null;
  }

  private leave(): void {
    const { done, csrf } = this.root.dataset;
    if (done === undefined) return this.show(screens.plain(this.say("handed_in")));
    if (this.left) return;
    this.left = true;
    screens.leave(done, csrf ?? "");
  }

  private show(element: HTMLElement): void {
    this.root.replaceChildren(element);
    element.querySelector<HTMLElement>("h1[tabindex]")?.focus();
  }
}

/** localStorage, or nothing where the browser forbids it: the line then says that answers are not safe here. */
function shelf(): Storage | { getItem(): null; setItem(): never; removeItem(): void } {
  try {
    return window.localStorage;
  } catch {
    return { getItem: () => null, setItem: () => { throw new Error("no storage"); }, removeItem: () => undefined };
  }
}

const root = document.getElementById("exam");
if (root !== null) void new Page(root).start();
