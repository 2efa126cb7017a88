import assert from "node:assert/strict";
import { test } from "node:test";
import { exchange, keeps, missing, summary } from "../src/exam/measure.ts";
import { wrongs } from "../src/exam/machine.ts";
import { CHECK_TABLES } from "../src/exam/check_words.ts";

function shelf(most = Infinity): { held: Map<string, string>; getItem(key: string): string | null; setItem(key: string, text: string): void; removeItem(key: string): void } {
  const held = new Map<string, string>();
  return {
    held,
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, text) => { if (text.length > most) throw new Error("quota"); held.set(key, text); },
    removeItem: (key) => { held.delete(key); },
  };
}

test("a machine that keeps a lot is sound, and nothing of the trial stays", () => {
  const good = shelf();
  assert.equal(keeps(good), true);
  assert.equal(good.held.size, 0);
});

test("a machine that keeps little, forgets or throws is not", () => {
  assert.equal(keeps(shelf(10_000)), false);
  assert.equal(keeps({ getItem: () => null, setItem: () => undefined, removeItem: () => undefined }), false);
  assert.equal(keeps({ getItem: () => { throw new Error("forbidden"); }, setItem: () => undefined, removeItem: () => undefined }), false);
});

test("the clock's error is what is left when half of the way is taken away", async () => {
  let steady = 0;
  // the hall's clock shows 1,000,000 half way through 80 ms; this machine's shows 5 s more at the start
  const found = await exchange(async () => { steady += 80; return 1_000_040; }, () => steady, () => 1_005_000);
  assert.deepEqual(found, { took: 80, ahead: 5_000 });
});

test("median and worst are over all exchanges, the clock is told by the shortest", () => {
  const all = [{ took: 90, ahead: 40 }, { took: 10, ahead: -3.4 }, { took: 400, ahead: 900 }, { took: 30, ahead: 12 }];
  assert.deepEqual(summary(all), { skew: -3, median: 60, worst: 400 });
  assert.deepEqual(summary(all.slice(0, 3)), { skew: -3, median: 90, worst: 400 });
  assert.throws(() => summary([]));
});

test("a candidate's machine is fit, or each thing that is wrong is told", () => {
  assert.deepEqual(wrongs({ missing: [], keeps: true, median: 40 }), []);
  assert.deepEqual(wrongs({ missing: ["stream"], keeps: false, median: Infinity }), ["machine_browser", "machine_storage", "machine_line"]);
  assert.deepEqual(wrongs({ missing: [], keeps: true, median: 2_001 }), ["machine_line"]);
});

test("what a browser lacks is named", () => {
  const whole = {
    fetch: () => undefined, AbortController: class {}, ReadableStream: class {}, TextDecoder: class {},
    crypto: { getRandomValues: () => undefined }, document: { fullscreenEnabled: true } as Document,
  };
  assert.deepEqual(missing(whole), []);
  assert.deepEqual(missing({ ...whole, ReadableStream: undefined, document: { fullscreenEnabled: false } as Document }), ["stream", "fullscreen"]);
});

test("every word of the check page is there in both languages with the same places to fill", () => {
  const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string).sort();
  for (const [word, text] of Object.entries(CHECK_TABLES.zh)) assert.deepEqual(places(CHECK_TABLES.en[word as keyof typeof CHECK_TABLES.en]), places(text), word);
});
