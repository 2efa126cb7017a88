import assert from "node:assert/strict";
import { test } from "node:test";
import { complete, judged, letters, vertical } from "../src/answers.ts";

test("a choice cell keeps the letters of its keys, each once, whatever was typed around them", () => {
  assert.equal(letters("ｃ a，c", "ABCD"), "AC");
  assert.equal(letters("z", "ABCD"), "");
  assert.equal(letters("e", "ABCD"), "");
});

test("a judgement understands its signs", () => {
  assert.equal(letters(judged("√"), "AB"), "A");
  assert.equal(letters(judged("错"), "AB"), "B");
});

test("a cell of one letter is complete with its letter, a cell of several never by itself", () => {
  assert.equal(complete("B", "ABCD", true), true);
  assert.equal(complete("", "ABCD", true), false);
  assert.equal(complete("AC", "ABCD", true), false);
  assert.equal(complete("A", "ABCD", false), false);
});

test("up and down go to the nearest cell of the next row and stay where there is none", () => {
  const places = [0, 60, 120, 0, 60, 120, 0].map((left, place) => ({ left, top: Math.floor(place / 3) * 50 }));
  assert.equal(vertical(places, 1, true), 4);
  assert.equal(vertical(places, 4, false), 1);
  assert.equal(vertical(places, 5, true), 6);
  assert.equal(vertical(places, 0, false), 0);
  assert.equal(vertical(places, 6, true), 6);
});
