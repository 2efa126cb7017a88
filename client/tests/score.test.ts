import assert from "node:assert/strict";
import { test } from "node:test";
import { stepped, sum } from "../src/score.ts";

test("the total counts what is typed and takes an empty or broken field for nothing", () => {
  assert.equal(sum(["9.5", "", "abc", "0.5", "10"]), 20);
  assert.equal(sum([]), 0);
});

test("a step of half a mark never leaves nothing and full marks", () => {
  assert.equal(stepped("9.5", 0.5, 10), "10");
  assert.equal(stepped("10", 0.5, 10), "10");
  assert.equal(stepped("", 0.5, 10), "0.5");
  assert.equal(stepped("0", -0.5, 10), "0");
  assert.equal(stepped("broken", -0.5, 10), "0");
});
