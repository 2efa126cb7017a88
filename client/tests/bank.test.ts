import assert from "node:assert/strict";
import { test } from "node:test";
import {
  balance, forsaken, movePoint, moveRange, newPoint, newRange, type Node, pasted, rowsOf, suggestions, tree, walk, wrongs as tableWrongs,
} from "../src/bank/table_model.ts";
import { apportion, blank, marksOf, placeOf, type Plan, planOf, rangeCounts, size, textOf, wrongs } from "../src/bank/plan_model.ts";

const RANGES = [
  { code: "A", name: "基本要求", weight: "40", parent: "" },
  { code: "A1", name: "职业道德", weight: "10", parent: "A" },
  { code: "A2", name: "基础知识", weight: 30, parent: "A" },
  { code: "B", name: "相关知识", weight: "60" },
];
const POINTS = [
  { code: "A1-001", range: "A1", name: "守则", importance: "X" },
  { code: "A2-001", range: "A2", name: "用电", importance: "Y" },
  { code: "A2-002", range: "A2", name: "防火", importance: "X" },
  { code: "B-001", range: "B", name: "安装", importance: "Z" },
];
const LIMITS = { X: 80, Y: 15, Z: 5, perWeight: 2, points: 200 };

function node(top: Node[], code: string): Node {
  const found = [...walk(top)].find((step) => step.node.code === code);
  assert.ok(found, code);
  return found.node;
}

test("a table becomes a tree and the same rows again", () => {
  const rows = rowsOf(tree(RANGES, POINTS));
  assert.deepEqual(rows.ranges.map((row) => [row.code, row.parent, row.weight]), [["A", "", "40"], ["A1", "A", "10"], ["A2", "A", "30"], ["B", "", "60"]]);
  assert.deepEqual(rows.points, POINTS);
});

test("a point whose range is not there is kept where it can be seen", () => {
  const rows = rowsOf(tree([], [{ code: "1", range: "Q", name: "孤", importance: "X" }]));
  assert.deepEqual(rows.ranges.map((row) => row.code), ["Q"]);
  assert.equal(rows.points[0]?.range, "Q");
});

test("a renamed range takes its points and the ranges below it along", () => {
  const top = tree(RANGES, POINTS);
  node(top, "A").code = "甲";
  node(top, "A2").code = "A3";
  const rows = rowsOf(top);
  assert.deepEqual(rows.ranges.map((row) => row.parent), ["", "甲", "甲", ""]);
  assert.deepEqual(rows.points.map((row) => row.range), ["A1", "A3", "A3", "B"]);
});

test("weights are summed on each level as they are typed", () => {
  const top = tree(RANGES, POINTS);
  assert.deepEqual(tableWrongs(top), []);
  node(top, "A2").weight = "25.5";
  assert.deepEqual(balance(top, node(top, "A")), { sum: "35.5", by: -450, text: "4.5", whole: "40" });
  assert.deepEqual(tableWrongs(top).map((found) => found.word), ["sumBelow"]);
  node(top, "B").weight = "";
  assert.deepEqual(tableWrongs(top).map((found) => [found.word, found.on && "code" in found.on ? found.on.code : ""]), [["sumOf", ""], ["sumBelow", "A"], ["noWeight", "B"]]);
});

test("codes that are missing or used twice and names that are missing are told at their rows", () => {
  const top = tree(RANGES, POINTS);
  const a2 = node(top, "A2");
  (a2.points[0] as { code: string }).code = "A1-001";
  (a2.points[1] as { name: string }).name = " ";
  node(top, "B").code = "";
  assert.deepEqual(tableWrongs(top).map((found) => [found.word, (found.on as Node).code]), [["twice", "A1-001"], ["twice", "A1-001"], ["noName", "A2-002"], ["noCode", ""]]);
});

test("what a table lacks is counted by weight and importance", () => {
  const found = suggestions(tree(RANGES, POINTS), LIMITS);
  assert.deepEqual(found.map((each) => [each.word, each.places.code ?? each.places.letter ?? each.places.n, each.places.least ?? each.places.limit]), [
    ["few", "A1", 20], ["few", "A2", 60], ["few", "B", 120], ["fewer", 4, 200], ["shareLeast", "X", 80], ["shareMost", "Y", 15], ["shareMost", "Z", 5],
  ]);
  assert.deepEqual(suggestions(tree([], []), LIMITS), []);
});

test("a point that held items and is gone or renamed is told of, a moved one is not", () => {
  const top = tree(RANGES, POINTS);
  const items = { "A1-001": 3, "B-001": 2, "": 9 };
  assert.deepEqual(forsaken(top, items), []);
  movePoint(top, node(top, "A1"), node(top, "A1").points[0]!, 1);
  assert.deepEqual(forsaken(top, items), []);
  node(top, "B").points[0]!.code = "B-009";
  const [told] = forsaken(top, items);
  assert.deepEqual([told?.places, told?.on], [{ code: "B-001", n: 2 }, node(top, "B").points[0]]);
});

test("a point moves within its range and over its ends, and stays at the ends of the table", () => {
  const top = tree(RANGES, POINTS);
  const [a1, a2] = [node(top, "A1"), node(top, "A2")];
  assert.equal(movePoint(top, a1, a1.points[0]!, 1), a2);
  assert.deepEqual(a2.points.map((each) => each.code), ["A1-001", "A2-001", "A2-002"]);
  assert.equal(movePoint(top, a2, a2.points[1]!, -1), a2);
  assert.deepEqual(a2.points.map((each) => each.code), ["A2-001", "A1-001", "A2-002"]);
  assert.equal(movePoint(top, a2, a2.points[0]!, -1), a1);
  assert.equal(movePoint(top, a1, a1.points[0]!, -1), a1);
});

test("a range moves among its neighbours and under the next one above, never under one with points", () => {
  const top = tree([...RANGES, { code: "C", name: "丙", weight: "0" }, { code: "C1", name: "丁", weight: "0", parent: "C" }], POINTS);
  assert.equal(moveRange(top, node(top, "A1"), 1), true);
  assert.deepEqual(node(top, "A").children.map((each) => each.code), ["A2", "A1"]);
  assert.equal(moveRange(top, node(top, "A1"), 1), false, "B has points");
  assert.equal(moveRange(top, node(top, "B"), 1), true);
  assert.equal(moveRange(top, node(top, "A1"), 1), true);
  assert.deepEqual(node(top, "C").children.map((each) => each.code), ["A1", "C1"]);
  assert.equal(moveRange(top, node(top, "A"), -1), false);
});

test("new rows get the next code that nobody has", () => {
  const top = tree(RANGES, POINTS);
  assert.equal(newRange(top, null).code, "C");
  assert.equal(newRange(top, node(top, "A")).code, "A3");
  assert.equal(newRange(top, node(top, "C")).code, "C1");
  assert.equal(newPoint(top, node(top, "A2")).code, "A2-003");
  assert.equal(newPoint(top, node(top, "A2"), 1).code, "A2-004");
  assert.equal(newPoint(top, node(top, "A3")).code, "A3-001");
});

test("lines from a workbook become points, one word is left to the field", () => {
  assert.equal(pasted("安全用电"), null);
  assert.deepEqual(pasted("A-1\t安全用电\tx\r\nA-2\t防火\tZ\r\n"), [{ code: "A-1", name: "安全用电", importance: "X" }, { code: "A-2", name: "防火", importance: "Z" }]);
  assert.deepEqual(pasted("防火\n防 水\n\n"), [{ code: "", name: "防火", importance: "X" }, { code: "", name: "防 水", importance: "X" }]);
});

const TABLE = RANGES.map((row) => ({ ...row, weight: String(row.weight) }));
const GIVEN = { names: new Map([["single", "单选题"], ["judgement", "判断题"]]), table: TABLE, holdings: [["single", "A1", 20], ["single", "A2", 40], ["single", "B", 50], ["judgement", "B", 30]] as const };

function plan(more: Record<string, unknown> = {}): Plan {
  return planOf({ kinds: [["single", 80, 1], ["judgement", 20, "1.0"]], minutes: 90, pass_mark: 60, ...more }) as Plan;
}

test("every way to write a plan's kinds and ranges is read, and what the editor does not show is handed back", () => {
  for (const kinds of [[["single", 100, 1]], [{ kind: "single", count: 100, marks: "1" }], { single: 100 }])
    assert.deepEqual(planOf({ kinds })?.kinds, [{ kind: "single", count: "100", marks: "1" }]);
  const more = { target: { goal: 0.1 }, cells: [["A1", "single", 5]], enemies: [["x", "y"]] };
  const text = textOf(plan({ ...more, ranges: { A1: 25, A2: 75 } }));
  assert.deepEqual([text.target, text.cells, text.enemies], [more.target, more.cells, more.enemies]);
  assert.deepEqual(text.ranges, [{ code: "A1", weight: "25" }, { code: "A2", weight: "75" }]);
  assert.equal(planOf([]), null);
  assert.equal(planOf("x"), null);
});

test("a plan is written as the server reads it, numbers as numbers, and nothing that is not said", () => {
  const made = plan({ difficulty: { shares: { 1: 20, 3: "60", 5: 20 }, tolerance: 2 }, importance: { bounds: { X: [50, 80] } }, mode: "library", papers: 5 });
  assert.deepEqual(textOf(made), {
    mode: "library", kinds: [{ kind: "single", count: 80, marks: "1" }, { kind: "judgement", count: 20, marks: "1.0" }],
    difficulty: { shares: { 1: 20, 2: 0, 3: 60, 4: 0, 5: 20 }, tolerance: 2 }, importance: { bounds: { X: [50, 80] } }, minutes: 90, pass_mark: 60, papers: 5,
  });
  made.mode = "one";
  assert.equal("papers" in textOf(made), false);
  assert.deepEqual(textOf(planOf(textOf(made)) as Plan), textOf(made));
  made.numbers.minutes = "九十";
  assert.equal(textOf(made).minutes, "九十");
});

test("counts and marks are summed without binary errors", () => {
  const made = plan({ kinds: [["single", 60, "0.7"], ["judgement", 58, 1]] });
  assert.equal(size(made), 118);
  assert.equal(marksOf(made.kinds), "100");
  assert.deepEqual(wrongs(made, GIVEN).filter((one) => !one.soft), []);
});

test("what does not add up is said at its place before anything is sent", () => {
  const made = plan({ kinds: [["single", 80, 1], ["single", 0, 0]], minutes: "", pass_mark: 160, overlap: -1, difficulty: { counts: { 1: 10, 3: 60 } }, importance: { bounds: { X: [90, 95], Y: [0, 2], Z: [0, 2] } } });
  assert.deepEqual(wrongs(made, GIVEN).filter((one) => !one.soft).map((one) => [one.at, one.word]), [
    ["kinds.1", "twice"], ["kinds.1", "notMarks"], ["kinds", "fullMarks"], ["minutes", "notWhole"], ["overlap", "notWhole"], ["pass_mark", "badPass"],
    ["difficulty", "splitSum"], ["importance", "splitRoom"],
  ]);
});

test("what the bank has too little of is said, and does not forbid to save", () => {
  const found = wrongs(plan({ kinds: [["single", 60, 1], ["judgement", 40, 1]] }), GIVEN);
  assert.deepEqual(found, [{ at: "kinds.1", word: "tooFew", places: { kind: "判断题", n: 40, held: 30 }, soft: true }]);
  assert.deepEqual(wrongs(plan({ ranges: [["A1", 0, 30], ["B", 70]] }), GIVEN).map((one) => [one.at, one.soft]), [["ranges.A1", true]]);
});

test("items are split over ranges as the server splits them", () => {
  // the figures of core.exam.blueprint.apportion
  assert.deepEqual(apportion(10, [100, 100, 100]), [4, 3, 3]);
  assert.deepEqual(apportion(100, [5, 11, 8, 9, 14, 18, 14, 9, 12]), [5, 11, 8, 9, 14, 18, 14, 9, 12]);
  assert.deepEqual(apportion(7, [2500, 7500]), [2, 5]);
  assert.deepEqual(apportion(5, [0, 0]), [0, 0]);
  assert.deepEqual([...rangeCounts(plan(), TABLE)], [["A1", 10], ["A2", 30], ["B", 60]]);
  assert.deepEqual([...rangeCounts(plan({ ranges: [["A1", 10, 7], ["A2", 30], ["B", 60]] }), TABLE)], [["A1", 7], ["A2", 31], ["B", 62]]);
});

test("a sentence of the server finds its line", () => {
  const made = plan({ ranges: [["A1", 40], ["B", 60]] });
  const at = (said: string): string => placeOf(said, made);
  assert.equal(at("题型“judgement”写了 2 行，请合并为一行"), "kinds.1");
  assert.equal(at("kinds[0].count：“x”应为数字，请改正"), "kinds.0");
  assert.equal(at("ranges[1].weight：“x”应为数字，请改正"), "ranges.B");
  assert.equal(at("鉴定范围 A1 写了 2 行，请合并为一行"), "ranges.A1");
  assert.equal(at("难度分布合计 3 至 5 题，装不下全卷 100 题，请调整题数或放宽允许的偏差"), "difficulty");
  assert.equal(at("没有写考试时间 minutes（分钟），请填写整数"), "minutes");
  assert.equal(at("两卷最多相同题数（overlap）为 -1，不得小于 0，请改正"), "overlap");
  assert.equal(at("各题型小计为 90 分，总分应为 100 分，请调整题数或每题分值"), "kinds");
  assert.equal(at("各鉴定范围的题数合计 9，超过全卷 8 题，请调整题数"), "ranges");
});

test("a new plan begins with what most have", () => {
  assert.deepEqual(textOf(blank(60)), { mode: "one", kinds: [{ kind: "single", count: 0, marks: "1" }], minutes: 90, pass_mark: 60 });
});
