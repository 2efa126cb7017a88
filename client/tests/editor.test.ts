import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fits, furnish, gridOf, hundredths, insertLevelled, lines, move, moveLevelled, nextCode, number, off, paste, renameDirection,
  renameFunction, renumberConditions, renumberFunctions, rowsOfLevel, type Standard, starred, sum, take, weigh, whole, withStar,
} from "../src/editor/model.ts";
import { sentence } from "../src/editor/sentence.ts";

const given = {
  partsOf: { 5: { possible: ["theory", "practical"], required: ["theory", "practical"] }, T: { possible: ["review"], required: ["review"] } },
  design: { evaluators: 3, evaluator_ratio: 5, invigilator_ratio: 15, committee: 3 },
  ethics: "职业道德",
  basic: "基础知识",
};

function small(): Standard {
  return whole({
    standard: { kind: "national", levels: ["5", "4"], directions: ["甲", "乙"] },
    function: [
      { level: "5", code: "1", name: "准备", content: [{ code: "1.1", name: "一", skills: [], knowledge: [] }] },
      { level: "5", code: "2", name: "操作", direction: "甲", content: [] },
      { level: "4", code: "1", name: "准备", content: [] },
      { level: "5", code: "3", name: "收尾", content: [{ code: "3.1", name: "二", skills: [], knowledge: [] }] },
    ],
    weights: [
      { part: "theory", level: "5", rows: [{ name: "职业道德", weight: 5 }, { name: "收尾", weight: "12.5" }] },
      { part: "practical", level: "4", rows: [{ name: "准备", weight: 100 }] },
    ],
    design: [{ level: "5", part: [] }, { level: "4", part: [] }],
  }, given);
}

test("a column that misses its hundred says by how much, without binary errors", () => {
  assert.equal(sum(["33.3", "33.3", 33.4]), "100");
  assert.equal(sum([0.1, "0.2"]), "0.3");
  assert.deepEqual(off([50, "45"], 100), { by: -500, text: "5" });
  assert.deepEqual(off([50, "50.25"], 100), { by: 25, text: "0.25" });
  assert.equal(hundredths("1e2"), null);
  assert.equal(sum(["", "无", undefined]), "0");
});

test("a row moves by one place and stays at the ends", () => {
  const list = ["a", "b", "c"];
  assert.equal(move(list, 2, -1), 1);
  assert.deepEqual(list, ["a", "c", "b"]);
  assert.equal(move(list, 0, -1), 0);
  assert.equal(move(list, 2, 1), 2);
  assert.deepEqual(list, ["a", "c", "b"]);
});

test("a function moves past those of other levels and the numbers follow the order", () => {
  const of = small();
  assert.equal(moveLevelled(of.function, 3, -1), 1);
  renumberFunctions(of, "5");
  assert.deepEqual(of.function.map((one) => one.level + one.code + one.name), ["51准备", "52收尾", "41准备", "53操作"]);
  assert.equal(of.function[1]?.content[0]?.code, "2.1");
  assert.equal(moveLevelled(of.function, 2, 1), 2);
});

test("numbers of the author's own kind are left alone", () => {
  const of = small();
  (of.function[0] as { code: string }).code = "Ⅰ";
  renumberFunctions(of, "5");
  assert.deepEqual(of.function.map((one) => one.code), ["Ⅰ", "2", "1", "3"]);
});

test("pasted lines become rows, without bullets, outline numbers and blanks", () => {
  assert.deepEqual(lines("1.1.1 能识别\r\n\r\n• 能选用\n（3）能检查\n 能接 3 根线 "), ["能识别", "能选用", "能检查", "能接 3 根线"]);
  assert.deepEqual(lines("2.5 kW 电动机的选用\n3.6.2 能选用"), ["2.5 kW 电动机的选用", "能选用"]);
  assert.deepEqual(lines("220V 线路"), ["220V 线路"]);
  assert.deepEqual(lines("1、能识别\n2、能选用"), ["能识别", "能选用"]);
});

test("pasting in the middle of a row keeps what stood around", () => {
  const list = ["甲", "前后", "乙"];
  assert.equal(paste(list, 1, "前", ["一", "二", "三"], "后"), 3);
  assert.deepEqual(list, ["甲", "前一", "二", "三后", "乙"]);
  assert.equal(paste(list, 0, "", [], ""), 0);
  assert.equal(list.length, 5);
});

test("the star stands once before a key skill", () => {
  assert.equal(withStar("★能", true), "★能");
  assert.equal(withStar("能", true), "★能");
  assert.equal(withStar("★能", false), "能");
  assert.ok(starred("★能") && !starred("能★"));
});

test("a weight takes its place in the order of the functions and goes away when it is emptied", () => {
  const of = small();
  const { columns, names } = gridOf(of, "theory", ["5"], given);
  assert.deepEqual(names, ["职业道德", "基础知识", "准备", "操作", "收尾"]);
  const column = columns[0]!.column;
  weigh(column, "准备", " 30 ", names);
  assert.deepEqual(column.rows.map((row) => row.name), ["职业道德", "准备", "收尾"]);
  assert.equal(column.rows[1]?.weight, 30);
  weigh(column, "准备", "3x", names);
  assert.equal(column.rows[1]?.weight, "3x");
  weigh(column, "准备", "", names);
  assert.deepEqual(column.rows.map((row) => row.name), ["职业道德", "收尾"]);
});

test("a function of another direction does not stand in a column", () => {
  const of = small();
  const column = { part: "theory", level: "5", direction: "乙", rows: [] };
  assert.ok(fits(of, column, "准备", given) && fits(of, column, "基础知识", given));
  assert.ok(!fits(of, column, "操作", given) && !fits(of, { ...column, part: "practical" }, "基础知识", given));
});

test("weights follow the name of their function, but not into another one's", () => {
  const of = small();
  const one = of.function[3]!;
  one.name = "";
  assert.ok(!renameFunction(of, one, "收尾"));
  one.name = "准备";
  assert.ok(!renameFunction(of, one, "收尾"));
  one.name = "清理";
  assert.ok(renameFunction(of, one, "收尾"));
  assert.equal(of.weights[0]?.rows[1]?.name, "清理");
  assert.equal(of.weights[1]?.rows[0]?.name, "准备");
});

test("what is written for a direction follows its name", () => {
  const of = small();
  of.standard.directions = ["丙", "乙"];
  assert.ok(renameDirection(of, "甲", "丙"));
  assert.equal(of.function[1]?.direction, "丙");
  assert.ok(!renameDirection(of, "", "丁"));
});

test("what is taken away with a level comes back to its places", () => {
  const of = small();
  const before = structuredClone(of);
  const undo = take(rowsOfLevel(of, "5"));
  assert.deepEqual([of.function.length, of.weights.length, of.design.length], [1, 1, 1]);
  undo();
  assert.deepEqual(of, before);
});

test("a new level brings an empty condition, its design and its columns", () => {
  const of = whole({ standard: { kind: "evaluation", levels: [] } }, given);
  furnish(of, "5", given);
  furnish(of, "T", given);
  assert.deepEqual(of.design.map((one) => [one.level, one.part.map((part) => part.kind), one.committee]), [["5", ["theory", "practical"], undefined], ["T", ["review"], 3]]);
  assert.deepEqual(of.weights.map((one) => one.part), ["theory", "practical"]);
  assert.deepEqual(of.crosswalk, [{ level: "5", counts_as: "5" }, { level: "T", counts_as: "" }]);
  assert.equal(insertLevelled(of.condition, { level: "5", seq: 2 }), 1);
  renumberConditions(of, "5");
  assert.deepEqual(of.condition.map((one) => one.level + one.seq), ["51", "52", "T1"]);
});

test("a number that is none is sent as it was typed", () => {
  assert.deepEqual([number(" 12 "), number("1.5"), number("十"), number("  ")], [12, "1.5", "十", undefined]);
});

test("the next aspect takes the next free number", () => {
  assert.equal(nextCode([]), "A1");
  assert.equal(nextCode(["A1", "B2", "B1"]), "B3");
});

const PIECES = {
  min_age: "年满{n}周岁", total_years: "工作满{n}年", requires_level: "持有{level}证书", years_after_level: "取证后满{n}年", graduate: "{schools}毕业",
  final_student: "{schools}毕业年度", major: "本专业", or: "或", and: "，且", end: "。", approved_list: "在“{list}”内",
};
const NAMES = { levels: [["4", "四级"]], titles: [], schools: [["x", "技校"], ["y", "学院"]], lists: [["l", "名单"]] } as const;

test("a condition is read out as it will be judged", () => {
  assert.equal(sentence({ level: "3", seq: 1, requires_level: "4", years_after_level: 4 }, PIECES, NAMES), "持有四级证书，且取证后满4年。");
  assert.equal(sentence({ level: "3", seq: 1, school_kinds: ["x", "y"], major_required: false }, PIECES, NAMES), "技校或学院毕业。");
  assert.equal(
    sentence({ level: "3", seq: 1, school_kinds: ["y"], student_only: true, final_year_allowed: true, approved_list: "l" }, PIECES, NAMES),
    "学院毕业年度，且本专业，且在“名单”内。",
  );
  assert.equal(sentence({ level: "3", seq: 1 }, PIECES, NAMES), "");
});
