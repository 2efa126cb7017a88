import assert from "node:assert/strict";
import { test } from "node:test";
import { Cutter, listen, type Heard } from "../src/watch/stream.ts";
import { Queue } from "../src/watch/alarms.ts";
import { Wall, type Crowd, type Sum } from "../src/watch/wall.ts";

const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const crowd = (session: number, stages: Record<string, number>, more: Partial<Crowd> = {}): Crowd => ({ session, place: "45/03/05/", stages, silent: 0, strayed: 0, answered: 0, total: 0, ...more });

test("events come whole wherever the line cuts them, and signs of life are no events", () => {
  const text = event("seats", { a: 1 }) + ": still here\n\n" + event("seats", { b: "题\n目" });
  for (let size = 1; size < 12; size++) {
    const cutter = new Cutter();
    const heard: Heard[] = [];
    for (let at = 0; at < text.length; at += size) heard.push(...cutter.take(text.slice(at, at + size)));
    assert.deepEqual(heard, [{ name: "seats", data: { a: 1 } }, { name: "seats", data: { b: "题\n目" } }]);
  }
});

test("a stream that ends is asked for again with a fresh pass, and a dead line is told", async () => {
  const passes: string[] = [];
  const works: boolean[] = [];
  const heard: Heard[] = [];
  let turns = 0;
  const many = { sleep: async (): Promise<void> => undefined, pass: async () => `p${++turns}` };
  const open = async (pass: string): Promise<AsyncIterable<string>> => {
    passes.push(pass);
    if (turns === 2) throw new Error("dead");
    return (async function* () { yield event("seats", { turn: turns }); })();
  };
  await listen({ ...many, open }, (one) => heard.push(one), (one) => works.push(one), () => turns >= 3);
  assert.deepEqual([passes, works, heard.length], [["p1", "p2", "p3"], [true, false, true], 2]);
});

test("the wall adds up, and raises a room where many are silent or somebody is locked", () => {
  let sum: Sum | null = null;
  let alarms: readonly Crowd[] = [];
  const wall = new Wall(() => undefined, (found, raised) => { sum = found; alarms = raised; });
  wall.hear({ name: "sessions", data: { now: 1, rows: [crowd(1, { open: 30, handed: 5 }, { silent: 1, strayed: 2 }), crowd(2, { open: 20, locked: 1 })] } });
  assert.deepEqual(sum, { sessions: 2, sitting: 51, handed: 5, silent: 1, strayed: 2, held: 1 });
  assert.deepEqual(alarms.map((one) => one.session), [2]);
  wall.hear({ name: "sessions", data: { now: 2, rows: [crowd(1, { open: 30 }, { silent: 10 }), crowd(2, { open: 21 })] } });
  assert.deepEqual(alarms.map((one) => one.session), [1]);
});

test("only what is shown is added up, and a place that is chosen is added up at once", () => {
  let sum: Sum | null = null;
  const hidden = new Set([2]);
  const wall = new Wall(() => undefined, (found) => { sum = found; }, (session) => !hidden.has(session));
  wall.hear({ name: "sessions", data: { now: 1, rows: [crowd(1, { open: 3 }), crowd(2, { handed: 52 })] } });
  assert.deepEqual(sum, { sessions: 1, sitting: 3, handed: 0, silent: 0, strayed: 0, held: 0 });
  hidden.clear();
  wall.add();
  assert.deepEqual(sum, { sessions: 2, sitting: 3, handed: 52, silent: 0, strayed: 0, held: 0 });
});

test("alarms queue in the order in which they came, and one that comes again stands behind", () => {
  const queue = new Queue();
  assert.deepEqual(queue.order([7], 1), [{ session: 7, since: 1 }]);
  assert.deepEqual(queue.order([3, 7], 2), [{ session: 7, since: 1 }, { session: 3, since: 2 }]);
  assert.deepEqual(queue.order([3], 3), [{ session: 3, since: 2 }]);
  assert.deepEqual(queue.order([7, 3], 4), [{ session: 3, since: 2 }, { session: 7, since: 4 }]);
});
