import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, left, timeOfDay, Warnings } from "../src/exam/clock.ts";
import { meaning, Sheet } from "../src/exam/sheet.ts";
import { kindName, speaker, TABLES } from "../src/exam/words.ts";

const options = (keys: string): { key: string; text: string }[] => [...keys].map((key) => ({ key, text: key }));
const ITEMS = [
  { id: "s1", kind: "single", stem: "", options: options("BDAC") },
  { id: "m1", kind: "multiple", stem: "", options: options("CAB") },
  { id: "j1", kind: "judgement", stem: "", options: options("AB") },
];
const press = (key: string, more: object = {}): Parameters<typeof meaning>[0] => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

test("the clock follows the server, by its quickest exchange", () => {
  let elapsed = 0;
  const clock = new Clock(() => elapsed);
  assert.throws(() => clock.now());
  clock.learn(1_000_000, 0, 4_000); // slow: wrong by up to two seconds
  clock.learn(1_005_100, 5_000, 5_200);
  clock.learn(1_009_000, 6_000, 12_000);
  elapsed = 15_000;
  assert.equal(clock.now(), 1_015_000);
});

test("after a sleep only the newest exchange counts", () => {
  let elapsed = 100;
  const clock = new Clock(() => elapsed);
  clock.learn(1_000_000, 0, 10);
  clock.learn(9_000_000, 50, 100);
  clock.doubt();
  assert.equal(clock.now(), 9_000_025);
});

test("time left never goes below nothing and reaches nothing only at the end", () => {
  assert.deepEqual([5_400_000, 61_000, 1, 0, -5].map(left), ["1:30:00", "0:01:01", "0:00:01", "0:00:00", "0:00:00"]);
});

test("the time of day is China's, wherever the computer believes itself to be", () => {
  assert.equal(timeOfDay(Date.UTC(2026, 10, 23, 4, 3, 7)), "12:03:07");
});

test("each warning is told once, and again when more time was given", () => {
  const warnings = new Warnings([600_000, 60_000]);
  assert.deepEqual([700_000, 600_000, 599_000, 60_000, 59_000, 0].map((ms) => warnings.due(ms)), [0, 600_000, 0, 60_000, 0, 0]);
  warnings.reset(900_000);
  assert.deepEqual([900_000, 600_000].map((ms) => warnings.due(ms)), [0, 600_000]);
  assert.equal(new Warnings([600_000, 60_000]).due(30_000), 60_000);
});

test("one option replaces the other where only one may be chosen", () => {
  const sheet = new Sheet(ITEMS, { s1: ["B"] }, []);
  assert.deepEqual(sheet.picking(sheet.unit, "C"), ["C"]);
});

test("several options stand together in the order of the item, and picking again takes one back", () => {
  const sheet = new Sheet(ITEMS, {}, []);
  sheet.go(1);
  for (const key of ["B", "C"]) sheet.answer("m1", sheet.picking(sheet.unit, key));
  assert.deepEqual(sheet.given("m1"), ["C", "B"]);
  assert.deepEqual(sheet.picking(sheet.unit, "C"), ["B"]);
});

test("the paper opens at the first item without an answer and knows what is left", () => {
  const sheet = new Sheet(ITEMS, { s1: ["B"], j1: [] }, ["j1"]);
  assert.equal(sheet.place, 1);
  assert.deepEqual(sheet.open(), { unanswered: [1, 2], marked: [2] });
  assert.deepEqual(sheet.cell(0), { answered: true, marked: false, seen: false });
  assert.equal(sheet.go(3), false);
  assert.equal(sheet.go(-1), false);
  assert.equal(sheet.place, 1);
});

test("keys choose, move and mark; the browser's own keys stay the browser's", () => {
  assert.deepEqual(meaning(press("1")), { do: "choose", option: 0 });
  assert.deepEqual(meaning(press("9")), { do: "choose", option: 8 });
  assert.deepEqual(meaning(press("ArrowLeft")), { do: "go", by: -1 });
  assert.deepEqual(meaning(press("M")), { do: "mark" });
  for (const other of [press("0"), press("m", { ctrlKey: true }), press("1", { altKey: true }), press("Tab"), press("ArrowDown"), press("m", { repeat: true }), press("1", { isComposing: true })]) {
    assert.equal(meaning(other), null);
  }
});

test("both languages have every word with the same places to fill", () => {
  const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] as string).sort();
  for (const word of Object.keys(TABLES.zh) as (keyof typeof TABLES.zh)[]) {
    assert.deepEqual(places(TABLES.en[word]), places(TABLES.zh[word]), word);
    assert.doesNotMatch(TABLES.en[word], /[\u4e00-\u9fff]/, word);
  }
});

test("the page's own words come first and Chinese is the default", () => {
  assert.equal(speaker("zh-CN")("seat", { seat: "A-01" }), "座位 A-01");
  assert.equal(speaker("en")("seat", { seat: "A-01" }), "Seat A-01");
  assert.equal(speaker("zh-CN", { seat: "机位 {seat}" })("seat", { seat: 3 }), "机位 3");
  assert.equal(speaker("zh-CN")("seat"), "座位 {seat}");
});

test("kinds of questions are named in the reader's language, and by the paper where the page knows none", () => {
  const [zh, en] = [speaker("zh-CN"), speaker("en")];
  assert.equal(kindName({ kind: "judgement", label: "判断题" }, en), "True or false");
  assert.equal(kindName({ kind: "judgement", label: "判断题" }, zh), "判断题");
  assert.equal(kindName({ kind: "drawing", label: "制图题" }, en), "制图题");
  assert.equal(kindName(undefined, en), "");
});
