import assert from "node:assert/strict";
import { test } from "node:test";
import { lines, readChart } from "../src/chart/data.ts";

const sent = { labels: ["0–9", "10–19"], series: [{ name: "理论", values: [1, 2] }], unit: " 人" };

test("a chart is read as it was sent", () => {
  assert.deepEqual(readChart(JSON.stringify(sent)), sent);
});

test("a chart that is not whole is no chart", () => {
  for (const text of ["", "null", "{", "[]", "{}", JSON.stringify({ ...sent, series: [] }), JSON.stringify({ ...sent, labels: ["0–9"] })])
    assert.equal(readChart(text), null, text);
});

test("the sheet of a column names its class and each series with its unit", () => {
  assert.deepEqual(lines(sent, 1), ["10–19", "理论 2 人"]);
});
