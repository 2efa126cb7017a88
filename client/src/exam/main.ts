// The candidate's page: check-in, rules, waiting room, paper, finish. It speaks to the hall and to nobody else until the
// paper is in.

import * as arrival from "./arrival.ts";
import { ask } from "./ask.ts";
import { el } from "./build.ts";
import { calculator } from "./calculator.ts";
import { eye, pictures } from "./camera.ts";
import { Clock, timeOfDay, Warnings } from "./clock.ts";
import { device, examBrowser } from "./device.ts";
import { Line } from "./hall.ts";
import { Held, note } from "./held.ts";
import { look, machine } from "./machine.ts";
import { PaperView } from "./paper.ts";
import { GoesOn, Stopped, type Listener } from "./ports.ts";
import * as screens from "./screens.ts";
import { Sheet } from "./sheet.ts";
import { watch } from "./watch.ts";
import { Bases, fetcher, sender, type Entry, type HandedIn, type Send, type Standing } from "./wire.ts";
import { knows, speaker, type Say } from "./words.ts";

const TICK = 250;
const BEAT = 15_000;
const SPREAD = 1_500;
const LEAVE_AFTER = 2_500;
const PASS = "jiangheng-exam-pass";

class Page implements Listener {
  private readonly clock = new Clock(() => performance.now());
  private readonly warnings = new Warnings([600_000, 60_000]);
  private readonly say: Say;
  private readonly stage = el("div", { class: "exam-stage" });
  private readonly notes = el("div", { class: "exam-notes" });
  private readonly bases: Bases;
  private readonly send: Send;
  private readonly held: Held;
  private hall!: Line;
  private stood: Standing | null = null;
  private pictured = false;
  private unlook: () => void = () => undefined;
  private unwatch: () => void = () => undefined;
  private paper: PaperView | null = null;
  private closing: ReturnType<typeof screens.closing> | null = null;
  private ticking: (() => void) | null = null;
  private end = 0;
  private savedAt = 0;
  private lost = 0;
  private left = false;

  constructor(private readonly root: HTMLElement) {
    const words = document.getElementById("exam-words")?.textContent ?? "{}";
    this.say = speaker(root.lang || "zh-CN", JSON.parse(words) as Record<string, unknown>);
    this.bases = new Bases(root.dataset["hall"] ?? "/hall");
    this.send = sender(this.bases);
    this.held = new Held(root, this.say, () => void this.hall.rest(false));
    root.replaceChildren(this.stage, this.notes);
  }

  async start(): Promise<void> {
    this.show(screens.plain(this.say("loading")));
    const pass = this.root.dataset["pass"] || recall() || (await this.arrive());
    await this.join(pass);
  }

  /** The door of the hall itself: until the one at the machine says that it is he. */
  private async arrive(): Promise<string> {
    const show = (screen: HTMLElement): void => this.show(screen);
    for (;;) {
      const person = await arrival.checkIn(show, this.send, this.say);
      if (await arrival.itsMe(show, person, this.say)) {
        remember(person.pass);
        return person.pass;
      }
    }
  }

  private async join(pass: string): Promise<void> {
    const sleep = (ms: number): Promise<void> => new Promise((go) => { setTimeout(go, ms); });
    const hash = await examBrowser(window);
    const self = (): Record<string, string> => ({ device: device(shelf()), page: window.location.href, exam_browser: hash });
    this.hall = new Line(pass, {
      send: this.send, fetch: fetcher(this.bases), self, clock: this.clock, shelf: shelf(), sleep, chance: Math.random,
      moved: () => this.bases.moved(),
    }, this);
    setInterval(() => this.ticking?.(), TICK);
    setInterval(() => void this.hall.beat(), BEAT);
    window.addEventListener("online", () => this.hall.nudge());
    document.addEventListener("visibilitychange", () => this.looked());
    window.addEventListener("beforeunload", (event) => { this.paper?.flush(); if (this.hall.waiting > 0 && this.closing === null) event.preventDefault(); });
    await this.enter();
  }

  saved(at: number): void {
    this.savedAt = at;
    this.paper?.saved(at);
  }

  line(online: boolean, waiting: number, why = ""): void {
    this.closing?.waiting(waiting, online);
    if (this.paper !== null) this.paper.line(online, waiting, this.hall.durable);
    else if (!online && this.ticking === null && this.closing === null) this.show(screens.plain(this.say(knows(why) ? why : "connecting")));
  }

  deadline(at: number): void {
    const before = this.end;
    this.end = at;
    const { stage } = this.stood ?? { stage: "open" };
    // while the clock stands still the end moves all the time, and nobody needs to hear of it
    if (this.paper === null || before === 0 || stage === "paused" || stage === "break") return;
    this.warnings.reset(at - this.clock.now());
    this.paper.announce(this.say("more_time", { time: timeOfDay(at) }));
  }

  late(waiting: number): void { this.lost = waiting; }

  replaced(item: string, keys: readonly string[]): void { this.paper?.replace(item, keys); }

  standing(now: Standing): void {
    this.stood = now;
    for (const one of now.notes) this.notes.append(note(one, this.say));
    if (this.closing === null && this.paper !== null) this.held.show(now);
    if (now.large) document.documentElement.dataset["text"] ??= "largest";
    this.paper?.breaks(now.breaks);
  }

  stopped(code: string, reason: string): void {
    this.quiet();
    forget();
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
    const { standing } = entry;
    if (standing.handed_in) return this.stopped("handed_in", "");
    await this.rules(entry);
    if (this.clock.now() < entry.opens) this.wait(entry);
    else if (entry.key === null && standing.now >= entry.opens) await this.handIn(true);
    else await this.begin(entry);
  }

  /** The rules of the room, once; a seat that goes on has read them. */
  private async rules(entry: Entry): Promise<void> {
    const rules = JSON.parse(document.getElementById("exam-rules")?.textContent ?? "[]") as string[];
    this.pictured = entry.agreed["camera"] === true;
    if (rules.length === 0 || entry.agreed["rules"] === true) return;
    const found = machine(this.say, look(window, this.bases, () => window.localStorage));
    const { camera } = await arrival.agree((screen) => this.show(screen), rules, found, entry.camera, this.say);
    if (entry.lock_after > 0) void document.documentElement.requestFullscreen?.().catch(() => undefined);
    await this.hall.agree("rules", true);
    if (entry.camera > 0) await this.hall.agree("camera", camera);
    this.pictured = camera;
  }

  private async begin(entry: Entry): Promise<void> {
    this.show(screens.plain(this.say("waiting_opening")));
    try {
      const items = await this.hall.unseal(entry);
      this.open(entry, new Sheet(items, entry.answers, entry.flags));
    } catch (error) {
      if (!(error instanceof Stopped)) throw error; // stopped() has already told.
      if (error.code === "ended") await this.handIn(true);
    }
  }

  private wait(entry: Entry): void {
    const room = screens.waitingRoom(entry, this.say);
    this.show(room.element);
    void this.hall.prepare(entry);
    this.ticking = () => {
      const remaining = entry.opens - this.clock.now();
      room.tick(remaining);
      if (remaining > 0) return;
      this.ticking = null;
      // A thousand pages must not all come in the same instant.
      setTimeout(() => void this.begin(entry), Math.random() * SPREAD);
    };
    this.ticking();
  }

  private open(entry: Entry, sheet: Sheet): void {
    const paper = new PaperView(entry, sheet, this.say, {
      choose: (item, keys) => this.hall.choose(item, keys),
      mark: (item, on) => this.hall.mark(item, on),
      handIn: () => { paper.flush(); ask(this.root, sheet, this.say, () => void this.handIn(false), (place) => paper.go(place)); },
      calculate: () => void calculator(this.root, this.say),
      rest: () => { if (window.confirm(this.say("break_ask"))) { paper.flush(); void this.hall.rest(true); } },
    });
    this.paper = paper;
    this.show(paper.element);
    this.unwatch = watch(window, entry.sitting, (kind) => { if (this.paper !== null && this.closing === null) this.hall.notice(kind); }, () => performance.now());
    if (entry.camera > 0 && this.pictured) this.look(entry.camera, paper);
    // what was left here before a reload is on its way and not yet safe, or arrived before there was a paper to show it
    this.line(true, this.hall.waiting);
    if (this.savedAt > 0 && this.hall.waiting === 0) paper.saved(this.savedAt);
    if (this.stood !== null) this.held.show(this.stood);
    paper.breaks(this.stood?.breaks ?? 0);
    this.ticking = () => this.passing(paper);
    this.ticking();
  }

  /** The camera, until the paper is closed; without one the person at the machine calls the invigilator. */
  private look(seconds: number, paper: PaperView): void {
    this.unlook();
    this.unlook = pictures(seconds, {
      open: () => eye(window),
      send: (picture) => this.hall.picture(picture),
      sleep: (ms) => new Promise((go) => { setTimeout(go, ms); }),
      chance: Math.random,
      missing: () => paper.announce(this.say("camera_off")),
    });
  }

  private passing(paper: PaperView): void {
    const remaining = this.end - this.clock.now();
    paper.tick(remaining);
    this.held.tick(this.clock.now());
    if (this.stood?.stage === "paused" || this.stood?.stage === "break") return;
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
      if (!(error instanceof GoesOn)) throw error;
      this.closing = null;
      return this.enter();
    }
    const lost = Math.min(this.lost, this.hall.waiting);
    forget();
    this.show(screens.done(result, lost, this.say, this.root.dataset["done"] === undefined ? null : () => this.leave()));
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
    this.held.close();
    document.querySelector("dialog")?.close();
    this.unwatch();
    this.unlook();
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
    this.stage.replaceChildren(element);
    element.querySelector<HTMLElement>("h1[tabindex]")?.focus();
  }
}

/** localStorage, or nothing where the browser forbids it: the line then says that answers are not safe here. */
function shelf(): Storage | { getItem(): null; setItem(): never; removeItem(): void; length: number; key(): null } {
  try {
    return window.localStorage;
  } catch {
    return { getItem: () => null, setItem: () => { throw new Error("no storage"); }, removeItem: () => undefined, length: 0, key: () => null };
  }
}

/** A pass is kept for this tab alone, so that a reload goes on and the next candidate at this machine does not. */
function recall(): string {
  try { return window.sessionStorage.getItem(PASS) ?? ""; } catch { return ""; }
}

function remember(pass: string): void {
  try { window.sessionStorage.setItem(PASS, pass); } catch { /* then a reload asks again */ }
}

function forget(): void {
  try { window.sessionStorage.removeItem(PASS); } catch { /* nothing was kept */ }
}

const root = document.getElementById("exam");
if (root !== null) void new Page(root).start();
