import assert from "node:assert/strict";
import { test } from "node:test";
import { shown, value } from "../src/exam/calculator.ts";
import { device } from "../src/exam/device.ts";
import { unseal } from "../src/exam/sealed.ts";
import { TABLES } from "../src/exam/words.ts";

test("the calculator works as in school", () => {
  const sums: [string, number][] = [
    ["1+2×3", 7], ["(1+2)×3", 9], ["2^3^2", 512], ["−2^2", -4], ["√16+9%", 4.09], ["10−4−3", 3], ["8÷4÷2", 1], ["0.1+0.2", 0.3],
    ["2×−3", -6], ["50%", 0.5], [".5×4", 2],
  ];
  for (const [text, found] of sums) assert.equal(shown(value(text)), shown(found), text);
});

test("what is no sum gives nothing", () => {
  for (const text of ["", "1+", "(1", "1)", "1..2", "÷2", "1 2", "a", "1÷0"]) assert.equal(shown(value(text)), "", text);
});

test("a browser keeps its name, and one that keeps nothing still has one", () => {
  const held = new Map<string, string>();
  const shelf = { getItem: (key: string) => held.get(key) ?? null, setItem: (key: string, text: string) => { held.set(key, text); } };
  assert.equal(device(shelf), device(shelf));
  const none = { getItem: (): string | null => null, setItem: (): void => { throw new Error("forbidden"); } };
  assert.match(device(none), /^[0-9a-f]{32}$/);
  assert.notEqual(device(none), device(none));
});

test("a sealed paper does not open with another key", () => {
  assert.throws(() => unseal(new Uint8Array(64), "00".repeat(32), { items: [], options: {} }));
});

test("every word of the exam page is there in both languages with the same places to fill", () => {
  const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string).sort();
  for (const [word, text] of Object.entries(TABLES.zh)) assert.deepEqual(places(TABLES.en[word as keyof typeof TABLES.en]), places(text), word);
});
