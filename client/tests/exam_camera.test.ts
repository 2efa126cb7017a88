import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST, pictures, smallest, type Eye, type Ports } from "../src/exam/camera.ts";

/** Ports that note what happens; the sleep ends the run after `rounds` pictures. */
function stand(rounds: number, given: Partial<Ports> = {}): { sent: string[]; waits: number[]; told: string[]; closed: number[]; ports: Ports; done: Promise<void> } {
  const sent: string[] = [], waits: number[] = [], told: string[] = [], closed: number[] = [];
  let finish: () => void = () => undefined;
  const done = new Promise<void>((go) => { finish = go; });
  const eye: Eye = { shoot: async () => `picture ${sent.length}`, close: () => { closed.push(1); finish(); } };
  const ports: Ports = {
    open: async () => eye,
    send: async (picture) => { sent.push(picture); return sent.length < rounds; },
    sleep: async (ms) => { waits.push(ms); },
    chance: () => 0.5,
    missing: () => { told.push("missing"); finish(); },
    ...given,
  };
  return { sent, waits, told, closed, ports, done };
}

test("pictures are sent one after the other until the hall wants no more, then the camera is let go", async () => {
  const { sent, waits, closed, ports, done } = stand(3);
  pictures(30, ports);
  await done;
  assert.deepEqual(sent, ["picture 0", "picture 1", "picture 2"]);
  assert.deepEqual(waits, [30_000, 30_000]);
  assert.equal(closed.length, 1);
});

test("the distance between pictures is not always the same", async () => {
  const chances = [0, 1];
  const { waits, ports, done } = stand(3, { chance: () => chances.shift() ?? 0.5 });
  pictures(40, ports);
  await done;
  assert.deepEqual(waits, [30_000, 50_000]);
});

test("a picture that does not get through is left out and the next one is taken", async () => {
  let failures = 0;
  const { ports, done, sent } = stand(0, {
    send: async (picture) => { if (failures++ === 0) throw new Error("line"); sent.push(picture); return false; },
  });
  pictures(1, ports);
  await done;
  assert.equal(failures, 2);
  assert.equal(sent.length, 1);
});

for (const [what, open] of [["is none", async () => null], ["is refused", async () => { throw new Error("NotAllowedError"); }]] as const) {
  test(`where there ${what} the person is told once and nothing is sent`, async () => {
    const { sent, told, ports, done } = stand(1, { open });
    pictures(1, ports);
    await done;
    assert.deepEqual([sent, told], [[], ["missing"]]);
  });
}

test("a closed paper takes no more pictures", async () => {
  let stop: () => void = () => undefined;
  const { sent, closed, ports, done } = stand(99, { sleep: async () => { stop(); } });
  stop = pictures(1, ports);
  await done;
  assert.equal(sent.length, 1);
  assert.ok(closed.length >= 1);
});

test("a picture is made coarser until the hall takes it, and none is better than one too large", async () => {
  const tried: number[] = [];
  const made = (limit: number) => async (quality: number): Promise<Blob> => {
    tried.push(quality);
    return new Blob([new Uint8Array(quality < limit ? 3 : MOST + 1).fill(65)]);
  };
  assert.equal(await smallest(made(0.6)), "QUFB");
  assert.deepEqual(tried, [0.7, 0.5]);
  assert.equal(await smallest(made(0)), "");
  assert.equal(await smallest(async () => null), "");
});
