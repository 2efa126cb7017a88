import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "../src/exam/clock.ts";
import { Line } from "../src/exam/hall.ts";
import { GoesOn, Stopped, type Listener } from "../src/exam/ports.ts";
import { Store } from "../src/exam/store.ts";
import { gcm } from "@noble/ciphers/aes.js";
import { hexToBytes, utf8ToBytes } from "@noble/ciphers/utils.js";
import type { Entry, Fetch, Reply, Stage, Standing } from "../src/exam/wire.ts";

class Drawer {
  readonly held = new Map<string, string>();
  getItem(key: string): string | null { return this.held.get(key) ?? null; }
  setItem(key: string, value: string): void { this.held.set(key, value); }
  removeItem(key: string): void { this.held.delete(key); }
  get length(): number { return this.held.size; }
  key(place: number): string | null { return [...this.held.keys()][place] ?? null; }
}

const KEY = "07".repeat(32);
const OPTIONS = [{ key: "A", text: "a" }, { key: "B", text: "b" }];
const SEALED = gcm(hexToBytes(KEY), new Uint8Array(12)).encrypt(utf8ToBytes(JSON.stringify({ items: [{ id: "q1", kind: "single", stem: "s", options: OPTIONS }] })));

interface Body { entries?: Body[]; fence?: number; seq?: number; item?: string; keys?: string[]; on?: boolean; kind?: string; auto?: boolean }

/** A hall in miniature: fences, numbers, receipts, and whatever weather a test asks for. */
class FakeHall {
  fence = 0;
  now = 1_000;
  opens = 500;
  deadline = 100_000;
  stage: Stage = "open";
  handedIn = 0;
  readonly written = new Map<number, { item: string; keys?: string[]; on?: boolean }>();
  readonly heard: string[] = [];
  /** Called before each message: "dead" no connection, "deaf" written but unanswered, or a reply instead of the hall's. */
  weather: (path: string, body: Body) => "fine" | "dead" | "deaf" | Reply = () => "fine";

  readonly send = async (path: string, body: object): Promise<Reply> => {
    await Promise.resolve();
    const weather = this.weather(path, body as Body);
    if (weather === "dead") throw new TypeError("no network");
    if (typeof weather === "object") return weather;
    const reply = this.answer(path, body as Body);
    if (weather === "deaf") throw new TypeError("the answer was lost");
    return reply;
  };

  answers(): Record<string, string[]> {
    const held: Record<string, string[]> = {};
    for (const [, one] of [...this.written].sort(([a], [b]) => a - b)) if (one.keys) held[one.item] = one.keys;
    return held;
  }

  private answer(path: string, body: Body): Reply {
    this.heard.push(`${path} ${body.seq ?? body.kind ?? ""}`.trim());
    if (path === "/enter") { this.fence += 1; return ok(this.entry()); }
    if (path === "/key") return this.now < this.opens ? no(409, "not_begun") : ok({ key: KEY, now: this.now });
    if (body.fence !== this.fence) return no(409, "superseded");
    if (path === "/clock") return ok({ standing: this.standing(), proof: { link: 1, receipt: "cd", at: this.now, key: "k", signature: "s" } });
    if (this.stage !== "open" && (path === "/answer" || path === "/answers")) return no(409, this.stage);
    if (path === "/answers") return this.several(body);
    if (path === "/event") return ok({ noted: true });
    if (path === "/submit") {
      this.handedIn ||= this.now;
      return ok({ handed_in: this.handedIn, answered: Object.keys(this.answers()).length, total: 9, receipt: "ab" });
    }
    const one = path === "/answer" ? { item: body.item as string, keys: body.keys as string[] } : { item: body.item as string, on: body.on as boolean };
    const before = this.written.get(body.seq as number);
    if (before !== undefined) return JSON.stringify(before) === JSON.stringify(one) ? this.saved(body) : no(409, "seq_conflict");
    if (this.handedIn) return no(409, "handed_in");
    if (this.now > this.deadline) return no(409, "ended");
    this.written.set(body.seq as number, one);
    return this.saved(body);
  }

  private several(body: Body): Reply {
    const saved: number[] = [];
    const refused: object[] = [];
    for (const one of body.entries ?? []) {
      const reply = this.answer(one.keys === undefined ? "/flag" : "/answer", { ...one, fence: this.fence });
      if (reply.status === 200) saved.push(one.seq as number);
      else refused.push({ seq: one.seq, ...(reply.body as object) });
    }
    return ok({ saved, refused, link: 1, receipt: "cd", saved_at: this.now, deadline: this.deadline });
  }

  private standing(): Standing {
    const handed = this.handedIn > 0;
    return { now: this.now, deadline: this.deadline, handed_in: handed, stage: this.stage, breaks: 0, rest: 0, large: false, notes: [] };
  }

  private saved(body: Body): Reply { return ok({ seq: body.seq, receipt: "cd", saved_at: this.now, deadline: this.deadline }); }

  private entry(): Entry {
    const open = this.now >= this.opens;
    return {
      sitting: 7, seat: "A-01", title: "t", minutes: 90, opens: this.opens, kinds: [], sealed: "ab", key: open ? KEY : null,
      order: { items: ["q1"], options: { q1: ["B", "A"] } }, answers: this.answers(), flags: [], camera: 0, calculator: false, lock_after: 0,
      seq: Math.max(0, ...this.written.keys()), fence: this.fence, agreed: {}, standing: this.standing(),
    };
  }
}

const ok = (body: unknown): Reply => ({ status: 200, retryAfter: 0, body });
const no = (status: number, code: string, retryAfter = 0): Reply => ({ status, retryAfter, body: { code, reason: code } });

class Diary implements Listener {
  readonly saves: number[] = [];
  readonly lines: [boolean, number][] = [];
  readonly ends: number[] = [];
  readonly lates: number[] = [];
  readonly replacements: [string, readonly string[]][] = [];
  readonly stops: string[] = [];
  readonly stages: Stage[] = [];
  saved(at: number): void { this.saves.push(at); }
  line(online: boolean, waiting: number): void { this.lines.push([online, waiting]); }
  deadline(at: number): void { this.ends.push(at); }
  late(waiting: number): void { this.lates.push(waiting); }
  replaced(item: string, keys: readonly string[]): void { this.replacements.push([item, keys]); }
  standing(now: Standing): void { this.stages.push(now.stage); }
  stopped(code: string): void { this.stops.push(code); }
}

interface Page { line: Line; diary: Diary; waits: number[]; drawer: Drawer; kill: () => void }

function page(hall: FakeHall, drawer = new Drawer(), fetch: Fetch = async () => SEALED): Page {
  const diary = new Diary();
  const waits: number[] = [];
  let elapsed = 0;
  const sleep = async (ms: number): Promise<void> => { waits.push(ms); await new Promise((go) => { setImmediate(go); }); };
  const clock = new Clock(() => (elapsed += 1));
  let dead = false;
  // A page that died hears nothing and writes nothing any more.
  const send: FakeHall["send"] = async (path, body) => {
    const reply = dead ? new Promise<Reply>(() => undefined) : hall.send(path, body);
    return reply.finally(() => (dead ? new Promise(() => undefined) : undefined));
  };
  const line = new Line("p", { send, fetch, self: () => ({ device: "d" }), clock, shelf: drawer, sleep, chance: () => 1 }, diary);
  return { line, diary, waits, drawer, kill: () => { dead = true; } };
}

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500; turn++) {
    if (holds()) return;
    await new Promise((go) => { setImmediate(go); });
  }
  assert.fail("it never happened");
}

test("a choice leaves this computer only when its receipt is here", async () => {
  const hall = new FakeHall();
  const { line, diary, drawer } = page(hall);
  await line.enter();
  hall.weather = () => "dead";
  line.choose("q1", ["A"]);
  await until(() => diary.lines.some(([online]) => !online));
  assert.equal(line.waiting, 1);
  assert.equal(new Store(drawer, 7, 1).pending.length, 1);
  assert.deepEqual(diary.saves, []);
  hall.weather = () => "fine";
  await until(() => diary.saves.length === 1);
  assert.equal(line.waiting, 0);
  assert.equal(drawer.held.size, 0);
  assert.deepEqual(hall.answers(), { q1: ["A"] });
});

test("choices arrive in the order they were made", async () => {
  const hall = new FakeHall();
  const { line } = page(hall);
  await line.enter();
  for (const key of ["A", "B", "C"]) { line.choose("q1", [key]); line.mark("q1", key === "B"); line.choose("q2", [key]); }
  await until(() => line.waiting === 0);
  assert.deepEqual(hall.answers(), { q1: ["C"], q2: ["C"] });
  const sent = hall.heard.filter((one) => one !== "/enter").map((one) => Number(one.split(" ")[1]));
  assert.deepEqual(sent, [...sent].sort((a, b) => a - b));
});

test("an answer lost on the way back is asked for again under the same number and written once", async () => {
  const hall = new FakeHall();
  const { line, diary } = page(hall);
  await line.enter();
  let lost = 3;
  hall.weather = () => (lost-- > 0 ? "deaf" : "fine");
  line.choose("q1", ["B"]);
  await until(() => diary.saves.length === 1);
  assert.equal(hall.heard.filter((one) => one === "/answer 1").length, 4);
  assert.equal(hall.written.size, 1);
});

test("in any weather nothing is lost, and what was chosen last holds", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    let state = seed * 7919;
    const chance = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    const hall = new FakeHall();
    hall.weather = () => { const luck = chance(); return luck < 0.25 ? "dead" : luck < 0.5 ? "deaf" : luck < 0.6 ? no(503, "busy", 1) : luck < 0.65 ? { status: 502, retryAfter: 0, body: {} } : "fine"; };
    const drawer = new Drawer();
    let { line, kill } = page(hall, drawer);
    await line.enter();
    const last: Record<string, string[]> = {};
    for (let step = 0; step < 40; step++) {
      const item = `q${Math.floor(chance() * 5)}`;
      last[item] = ["ABCD".charAt(Math.floor(chance() * 4))];
      line.choose(item, last[item]);
      if (chance() < 0.3) await new Promise((go) => { setImmediate(go); });
      // The browser dies and the page is opened again: only what the drawer holds remains.
      if (chance() < 0.05) {
        kill();
        ({ line, kill } = page(hall, drawer));
        await line.enter();
      }
    }
    await until(() => line.waiting === 0);
    assert.deepEqual(hall.answers(), last, `seed ${seed}`);
  }
});

test("a page opened again shows what was still on its way and sends it", async () => {
  const hall = new FakeHall();
  const drawer = new Drawer();
  const first = page(hall, drawer);
  await first.line.enter();
  hall.weather = () => "dead";
  first.line.choose("q1", ["D"]);
  first.line.mark("q2", true);
  await until(() => first.diary.lines.some(([online]) => !online));
  hall.weather = () => "fine";
  first.kill();
  const second = page(hall, drawer);
  const entry = await second.line.enter();
  assert.deepEqual(entry.answers, { q1: ["D"] });
  assert.deepEqual(entry.flags, ["q2"]);
  await until(() => second.line.waiting === 0);
  assert.deepEqual(hall.answers(), { q1: ["D"] });
});

test("a long time without network stays a short queue: one entry an item", async () => {
  const hall = new FakeHall();
  const { line, diary } = page(hall);
  await line.enter();
  hall.weather = () => "dead";
  line.choose("q0", ["A"]);
  await until(() => diary.lines.some(([online]) => !online));
  for (let turn = 0; turn < 50; turn++) line.choose("q1", ["ABCD".charAt(turn % 4)]);
  assert.equal(line.waiting, 2);
  hall.weather = () => "fine";
  await until(() => line.waiting === 0);
});

test("waits grow, have a limit, and the hall's own wish is kept", async () => {
  const hall = new FakeHall();
  const { line, waits } = page(hall);
  await line.enter();
  let tries = 0;
  hall.weather = () => { tries += 1; return tries <= 8 ? "dead" : tries === 9 ? no(503, "busy", 30) : "fine"; };
  line.choose("q1", ["A"]);
  await until(() => line.waiting === 0);
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 30000]);
});

test("a newer page on another computer stops this one and it says why", async () => {
  const hall = new FakeHall();
  const old = page(hall);
  await old.line.enter();
  const other = page(hall);
  await other.line.enter();
  old.line.choose("q1", ["A"]);
  await until(() => old.diary.stops.length === 1);
  assert.deepEqual(old.diary.stops, ["superseded"]);
  assert.equal(hall.written.size, 0);
  await assert.rejects(old.line.handIn(false), Stopped);
});

test("entering again does not stop the page by its own older fence", async () => {
  const hall = new FakeHall();
  hall.now = 400;
  const { line, diary } = page(hall);
  await line.enter();
  hall.now = 600;
  await Promise.all([line.beat(), line.enter(), line.beat()]);
  assert.deepEqual(diary.stops, []);
  line.choose("q1", ["A"]);
  await until(() => diary.saves.length === 1);
});

test("a number used by another computer: untouched items keep our choice, others theirs", async () => {
  const hall = new FakeHall();
  const drawer = new Drawer();
  const here = page(hall, drawer);
  await here.line.enter();
  hall.weather = () => "dead";
  here.line.choose("q1", ["A"]);
  await until(() => here.diary.lines.some(([online]) => !online));
  here.line.choose("q2", ["A"]);
  // Meanwhile elsewhere the candidate answers q1 differently, and something else.
  here.kill();
  hall.weather = () => "fine";
  const there = page(hall);
  await there.line.enter();
  there.line.choose("q1", ["C"]);
  there.line.choose("q3", ["C"]);
  await until(() => there.line.waiting === 0);
  const back = page(hall, drawer);
  await back.line.enter();
  await until(() => back.line.waiting === 0);
  assert.deepEqual(hall.answers(), { q1: ["C"], q2: ["A"], q3: ["C"] });
  assert.deepEqual(back.diary.replacements, [["q1", ["C"]]]);
});

test("handing in waits for every choice before it", async () => {
  const hall = new FakeHall();
  const { line } = page(hall);
  await line.enter();
  let storms = 4;
  hall.weather = () => (storms-- > 0 ? "dead" : "fine");
  line.choose("q1", ["A"]);
  line.choose("q2", ["B"]);
  const result = await line.handIn(false);
  assert.equal(result.answered, 2);
  assert.equal(hall.heard[hall.heard.length - 1], "/submit");
  assert.equal(line.waiting, 0);
});

test("after the end what is left here is told, kept, and the paper is still handed in", async () => {
  const hall = new FakeHall();
  const { line, diary, drawer } = page(hall);
  await line.enter();
  hall.now = hall.deadline + 1;
  await line.beat();
  line.choose("q1", ["A"]);
  const result = await line.handIn(true);
  assert.equal(result.answered, 0);
  assert.deepEqual(diary.lates, [1]);
  assert.equal(new Store(drawer, 7, 1).pending.length, 1);
});

test("more time given after the end lets the choices through", async () => {
  const hall = new FakeHall();
  const { line, diary } = page(hall);
  await line.enter();
  hall.now = hall.deadline + 1;
  line.choose("q1", ["A"]);
  await until(() => diary.lates.length === 1);
  hall.deadline += 600_000;
  await line.beat();
  await until(() => line.waiting === 0);
  assert.deepEqual(hall.answers(), { q1: ["A"] });
  assert.deepEqual(diary.ends, [100_000, 700_000]);
});

test("a paper is not closed by itself when the end was moved while the hall could not be heard", async () => {
  const hall = new FakeHall();
  const { line, diary } = page(hall);
  await line.enter();
  hall.weather = () => "dead";
  line.choose("q1", ["A"]);
  // the end of which the page knows has come; the invigilator has given ten minutes meanwhile
  const wanted = assert.rejects(line.handIn(true), GoesOn);
  await until(() => diary.lines.some(([online]) => !online));
  hall.now = hall.deadline + 1;
  hall.deadline += 600_000;
  hall.weather = () => "fine";
  await wanted;
  assert.equal(hall.heard.includes("/submit"), false);
  assert.deepEqual([hall.answers(), diary.ends[diary.ends.length - 1]], [{ q1: ["A"] }, 700_000]);
  const result = line.handIn(false);
  assert.equal((await result).answered, 1);
});

test("a paper is closed by itself when the end stayed where it was", async () => {
  const hall = new FakeHall();
  const { line, diary } = page(hall);
  await line.enter();
  hall.now = hall.deadline + 1;
  await line.beat();
  hall.weather = () => "dead";
  const wanted = line.handIn(true);
  await until(() => diary.lines.some(([online]) => !online));
  hall.weather = () => "fine";
  await wanted;
  assert.equal(hall.handedIn, hall.now);
});

test("a browser that keeps nothing is admitted, not hidden", async () => {
  const hall = new FakeHall();
  const drawer = new Drawer();
  drawer.setItem = () => { throw new Error("quota"); };
  const { line } = page(hall, drawer);
  await line.enter();
  assert.equal(line.durable, true);
  hall.weather = () => "dead";
  line.choose("q1", ["A"]);
  assert.equal(line.durable, false);
  hall.weather = () => "fine";
  await until(() => line.waiting === 0);
  assert.deepEqual(hall.answers(), { q1: ["A"] });
});

test("a damaged drawer is an empty one, never a broken page", () => {
  for (const text of ["", "{", "null", "7", '[{"kind":"answer"}]', '[{"kind":"answer","seq":1,"item":"q","keys":[5],"before":[],"tried":true}]']) {
    const drawer = new Drawer();
    drawer.setItem("jiangheng-exam-7", text);
    assert.deepEqual(new Store(drawer, 7, 1).pending, []);
  }
});

test("before the hour nothing is sent, however much the page notices", async () => {
  const hall = new FakeHall();
  hall.now = 400;
  const { line } = page(hall);
  const entry = await line.enter();
  assert.equal(entry.key, null);
  line.notice("blur");
  await new Promise((go) => { setTimeout(go, 5); });
  assert.deepEqual(hall.heard, ["/enter"]);
  hall.now = 600;
  await line.enter();
  await until(() => hall.heard.includes("/event blur"));
});

test("a hand-in seen by a beat stops the page", async () => {
  const hall = new FakeHall();
  const { line, diary } = page(hall);
  await line.enter();
  hall.handedIn = 5;
  await line.beat();
  assert.deepEqual(diary.stops, ["handed_in"]);
});

test("the same steps put into another order elsewhere are a change, and that order holds", async () => {
  const hall = new FakeHall();
  hall.written.set(1, { item: "o1", keys: ["A", "B"] });
  const { line, diary } = page(hall);
  await line.enter();
  hall.written.set(2, { item: "o1", keys: ["B", "A"] }); // another device, meanwhile
  line.choose("o1", ["A", "B"]);
  await until(() => diary.replacements.length === 1);
  assert.deepEqual([diary.replacements, hall.answers()], [[["o1", ["B", "A"]]], { o1: ["B", "A"] }]);
});

test("a text the hall will never take is dropped and the line goes on", async () => {
  const hall = new FakeHall();
  const { line, diary } = page(hall);
  await line.enter();
  for (const code of ["unfit", "too_long", "too_large"]) {
    hall.weather = (path) => (path === "/answer" ? no(code === "too_large" ? 413 : 422, code) : "fine");
    line.choose("q1", ["x"]);
    await until(() => line.waiting === 0);
  }
  hall.weather = () => "fine";
  line.choose("q1", ["一\n二"]);
  await until(() => line.waiting === 0);
  assert.deepEqual([hall.answers(), diary.stops], [{ q1: ["一\n二"] }, []]);
});

test("a page that comes before the paper is unsealed hears why, and gets in by itself", async () => {
  const hall = new FakeHall();
  const whys: string[] = [];
  let tries = 0;
  const { line, diary } = page(hall);
  hall.weather = (path) => (path === "/enter" && ++tries <= 2 ? no(503, "no_paper", 5) : "fine");
  diary.line = (online: boolean, _waiting: number, why = ""): void => { if (!online) whys.push(why); };
  assert.deepEqual((await line.unseal(await line.enter())).map((item) => item.options.map((option) => option.key)), [["B", "A"]]);
  assert.deepEqual(whys, ["no_paper", "no_paper"]);
});

test("an older tab cannot write over what a newer one keeps, and what both kept is sent", async () => {
  const hall = new FakeHall();
  const drawer = new Drawer();
  const older = page(hall, drawer);
  await older.line.enter();
  hall.weather = () => "dead";
  older.line.choose("q1", ["A"]);
  const newer = page(hall, drawer);
  hall.weather = (path) => (path === "/enter" ? "fine" : "dead");
  await newer.line.enter();
  newer.line.choose("q2", ["B"]);
  older.line.choose("q3", ["C"]);
  older.kill();
  newer.kill();
  hall.weather = () => "fine";
  const last = page(hall, drawer);
  await last.line.enter();
  await until(() => last.line.waiting === 0);
  assert.deepEqual(hall.answers(), { q1: ["A"], q2: ["B"], q3: ["C"] });
});

test("what gathered while the line was down goes in one message, and an entry that is refused does not hold up the others", async () => {
  const hall = new FakeHall();
  const { line, diary } = page(hall);
  await line.enter();
  hall.weather = () => "dead";
  for (const item of ["q1", "q2", "q3"]) line.choose(item, ["A"]);
  await until(() => diary.lines.some(([online]) => !online));
  hall.weather = (path, body) => (path === "/answers" && body.entries !== undefined ? { status: 200, retryAfter: 0, body: {
    saved: [1, 3], refused: [{ seq: 2, code: "unfit", reason: "" }], link: 2, receipt: "cd", saved_at: 1, deadline: hall.deadline } } : "fine");
  await until(() => line.waiting === 0);
  assert.deepEqual(diary.replacements, [["q2", []]]);
  assert.deepEqual(hall.heard.filter((one) => one.startsWith("/answer ")), []);
});

test("while the invigilator holds the sitting answers wait here and go out when it goes on", async () => {
  const hall = new FakeHall();
  const { line, diary } = page(hall);
  await line.enter();
  hall.stage = "paused";
  line.choose("q1", ["A"]);
  await until(() => diary.stages.includes("paused"));
  assert.deepEqual([line.waiting, diary.stops], [1, []]);
  hall.stage = "open";
  await until(() => line.waiting === 0);
  assert.deepEqual(hall.answers(), { q1: ["A"] });
});

test("a sealed paper that is not there yet is fetched again, and the key is asked for until the hour has come", async () => {
  const hall = new FakeHall();
  hall.now = 400;
  let tries = 0;
  const { line } = page(hall, new Drawer(), async () => { if (++tries < 3) throw new Error("no paper"); return SEALED; });
  const entry = await line.enter();
  assert.equal(entry.key, null);
  await line.prepare(entry);
  const items = line.unseal(entry);
  await until(() => hall.heard.filter((one) => one === "/key").length > 2);
  hall.now = 600;
  assert.deepEqual((await items).map(({ id }) => id), ["q1"]);
  assert.equal(tries, 3);
});

test("two long texts that waited together do not make a message that is too large", async () => {
  const hall = new FakeHall();
  const { line, diary } = page(hall);
  await line.enter();
  hall.weather = () => "dead";
  const essay = "论".repeat(16_000);
  for (const item of ["q1", "q2", "q3"]) line.choose(item, [item + essay]);
  await until(() => diary.lines.some(([online]) => !online));
  const sizes: number[] = [];
  hall.weather = (_path, body) => { sizes.push(Buffer.byteLength(JSON.stringify(body))); return "fine"; };
  await until(() => line.waiting === 0);
  assert.ok(Math.max(...sizes) < 65_536, String(sizes));
  assert.deepEqual(Object.keys(hall.answers()), ["q1", "q2", "q3"]);
});

test("a notice lost on the way does not leave the page saying that the line is down", async () => {
  const hall = new FakeHall();
  const { line, diary } = page(hall);
  await line.enter();
  hall.weather = (path) => (path === "/event" ? "dead" : "fine");
  line.notice("blur");
  await until(() => diary.lines.at(-1)?.[0] === false);
  await new Promise((go) => { setTimeout(go, 5); });
  hall.weather = () => "fine";
  line.notice("back");
  await line.beat();
  assert.deepEqual(diary.lines.at(-1), [true, 0]);
  await until(() => hall.heard.includes("/event back"));
});
