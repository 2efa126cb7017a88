import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Clock } from "../src/exam/clock.ts";
import { Line } from "../src/exam/hall.ts";
import { type Listener } from "../src/exam/ports.ts";
import { Bases, sender, type Entry, type Standing } from "../src/exam/wire.ts";

const honest = globalThis.fetch;
afterEach(() => { globalThis.fetch = honest; });

/** Machines by address: dead ones throw, others answer with a status and a body. */
function machines(answer: (base: string, path: string, body: Record<string, unknown>) => [number, object] | null): string[] {
  const asked: string[] = [];
  globalThis.fetch = (async (address: string, given: { body: string }) => {
    const [base, path] = [address.slice(0, 8), address.slice(8)];
    asked.push(base);
    const said = answer(base, path, JSON.parse(given.body) as Record<string, unknown>);
    if (said === null) throw new TypeError("no network");
    return { status: said[0], headers: new Headers(), json: async () => said[1] };
  }) as unknown as typeof fetch;
  return asked;
}

const A = "http://a";
const B = "http://b";

test("a page changes to the other machine after two failures and stays there", async () => {
  const bases = new Bases(`${A} ${B}`);
  const asked = machines((base) => (base === A ? null : [200, {}]));
  const send = sender(bases);
  await assert.rejects(send("/clock", {}));
  assert.equal(bases.now, A);
  await assert.rejects(send("/clock", {}));
  for (let turn = 0; turn < 3; turn += 1) assert.equal((await send("/clock", {})).status, 200);
  assert.deepEqual(asked, [A, A, B, B, B]);
  assert.deepEqual([bases.moved(), bases.moved()], [true, false]);
});

test("one failure between good answers changes nothing", async () => {
  const bases = new Bases(`${A} ${B}`);
  let turn = 0;
  machines(() => (++turn % 2 === 0 ? null : [200, {}]));
  const send = sender(bases);
  for (let time = 0; time < 6; time += 1) await send("/clock", {}).catch(() => undefined);
  assert.equal(bases.now, A);
});

test("a machine that follows sends the page to the other at once", async () => {
  const bases = new Bases(`${A} ${B}`);
  machines((base) => (base === A ? [503, { code: "not_here", reason: "" }] : [200, {}]));
  const send = sender(bases);
  assert.equal((await send("/enter", {})).status, 503);
  assert.equal(bases.now, B);
});

test("other troubles of a machine that answers do not change it", async () => {
  const bases = new Bases(`${A} ${B}`);
  machines(() => [503, { code: "busy", reason: "" }]);
  const send = sender(bases);
  for (let time = 0; time < 4; time += 1) await send("/enter", {});
  assert.equal(bases.now, A);
});

test("a page with one address keeps it and waits as long as ever", async () => {
  const bases = new Bases("/hall");
  assert.equal(bases.silence, 10_000);
  assert.ok(new Bases(`${A} ${B}`).silence * 2 < 10_000);
  machines(() => null);
  for (let time = 0; time < 5; time += 1) await assert.rejects(sender(bases)("/clock", {}));
  assert.equal(bases.now, "/hall");
});

const STANDING: Standing = { now: 1_000, deadline: 90_000, handed_in: false, stage: "open", breaks: 0, rest: 0, large: false, notes: [] };
const QUIET: Listener = { saved: () => undefined, line: () => undefined, deadline: () => undefined, late: () => undefined, replaced: () => undefined, standing: () => undefined, stopped: () => undefined };
const MARK = 2 ** 32;

/** A page whose first machine dies after it confirmed an answer that the second never got. */
async function changed(entries: number): Promise<object[]> {
  const bases = new Bases(`${A} ${B}`);
  const taken: object[] = [];
  let alive = true;
  machines((base, path, body) => {
    if (base === A && !alive) return null;
    const entry: Partial<Entry> = { sitting: 7, opens: 500, sealed: "ab", order: { items: [], options: {} }, answers: { q1: ["A"] }, flags: [], seq: 1, agreed: {}, standing: STANDING };
    if (path === "/enter") return [200, { ...entry, fence: (base === A ? 1 : entries) * MARK + 5 }];
    if (base === B) taken.push({ ...body, pass: undefined });
    return [200, { seq: body["seq"], saved: ((body["entries"] ?? []) as { seq: number }[]).map((one) => one.seq), refused: [], saved_at: 1, deadline: 90_000 }];
  });
  const shelf = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined, length: 0, key: () => null };
  const sleep = (): Promise<void> => new Promise((go) => { setImmediate(go); });
  const send = sender(bases);
  const line = new Line("p", { send, fetch: async () => new Uint8Array(), self: () => ({}), clock: new Clock(() => 1), shelf, sleep, chance: () => 1, moved: () => bases.moved() }, QUIET);
  await line.enter();
  line.choose("q2", ["B"]);
  await settled(() => line.waiting === 0);
  alive = false;
  line.choose("q3", ["C"]);
  await settled(() => line.waiting === 0);
  return taken;
}

async function settled(done: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !done(); turn += 1) await new Promise((go) => { setImmediate(go); });
  assert.ok(done());
}

test("what a machine confirmed while it was alone is sent to the other", async () => {
  const said = JSON.stringify(await changed(2));
  assert.match(said, /"q3","keys":\["C"\]/);
  assert.match(said, /"q2","keys":\["B"\]/);
  assert.doesNotMatch(said, /"q1"/);
});

test("unless somebody else has entered since: then the newer page's answers hold", async () => {
  const said = JSON.stringify(await changed(3));
  assert.match(said, /"q3"/);
  assert.doesNotMatch(said, /"q2"/);
});
