import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { pointOf, stepped, within } from "../src/exam/hotspot.ts";
import { Pause, pauseAfter, texts } from "../src/exam/pause.ts";
import { allowed, isOwnPicture } from "../src/exam/rich.ts";
import { meaning, Sheet, wayOf } from "../src/exam/sheet.ts";
import { same, type Item } from "../src/exam/wire.ts";

const item = (id: string, kind: string, more: Partial<Item> = {}): Item => ({ id, kind, stem: "", options: [], ...more });
const CASE = item("c1", "case", { parts: [item("c1.1", "single"), item("c1.2", "fill", { blanks: 2 }), item("c1.3", "short")] });
const PAPER = [item("s1", "single"), CASE, item("e1", "essay")];
const HTML = "http://www.w3.org/1999/xhtml";
const MATH = "http://www.w3.org/1998/Math/MathML";

test("the parts of a case are counted, answered and marked one by one", () => {
  const sheet = new Sheet(PAPER, { "c1.1": ["A"] }, ["c1.3"]);
  assert.deepEqual(sheet.units.map((unit) => unit.id), ["s1", "c1.1", "c1.2", "c1.3", "e1"]);
  assert.deepEqual(sheet.open(), { unanswered: [0, 2, 3, 4], marked: [3] });
  assert.equal(sheet.placeOf("c1"), -1);
});

test("a case is one leaf: its parts are seen together and turning goes past them", () => {
  const sheet = new Sheet(PAPER, {}, []);
  assert.equal(sheet.beside(-1), -1);
  assert.equal(sheet.beside(1), 1);
  sheet.go(2);
  assert.deepEqual({ id: sheet.leaf.whole.id, from: sheet.leaf.from, to: sheet.leaf.to }, { id: "c1", from: 1, to: 4 });
  assert.deepEqual([0, 1, 2, 3, 4].map((place) => sheet.cell(place).seen), [true, true, true, true, false]);
  assert.deepEqual([sheet.beside(-1), sheet.beside(1)], [0, 4]);
  sheet.go(4);
  assert.deepEqual([sheet.beside(-1), sheet.beside(1)], [1, -1]);
});

test("every kind but the case has its own way of being answered", () => {
  const kinds = ["single", "multiple", "judgement", "fill", "numeric", "matching", "ordering", "hotspot", "short", "calculation", "essay"];
  assert.deepEqual(kinds.map((kind) => wayOf(item("x", kind))), ["one", "many", "one", "texts", "number", "pairs", "order", "points", "open", "open", "open"]);
});

test("while somebody writes, no key is a shortcut", () => {
  for (const key of ["1", "m", "ArrowLeft", "ArrowRight"]) {
    const press = { key, ctrlKey: false, metaKey: false, altKey: false };
    assert.notEqual(meaning(press), null, key);
    assert.equal(meaning(press, true), null, key);
  }
});

test("the same steps in another order are another answer", () => {
  assert.equal(same(["A", "B"], ["A", "B"]), true);
  assert.equal(same(["A", "B"], ["B", "A"]), false);
  assert.equal(same(["5", "5"], ["5", ""]), false);
});

test("writing is saved once it pauses, and at once when the field is left", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    let saved = 0;
    const pause = new Pause(() => { saved += 1; });
    for (let letter = 0; letter < 5; letter++) {
      pause.begin(1_000);
      mock.timers.tick(900);
    }
    assert.equal(saved, 0);
    mock.timers.tick(100);
    assert.equal(saved, 1);
    pause.begin(1_000);
    pause.end();
    assert.equal(saved, 2);
    pause.end();
    mock.timers.tick(9_000);
    assert.equal(saved, 2);
    pause.begin(1_000);
    pause.drop();
    mock.timers.tick(9_000);
    assert.equal(saved, 2);
  } finally {
    mock.timers.reset();
  }
});

test("long texts wait longer, but never beyond five seconds", () => {
  assert.equal(pauseAfter(0), 1_000);
  assert.ok(pauseAfter(2_000) > 1_000);
  assert.equal(pauseAfter(20_000), 5_000);
});

test("blanks that are all empty are no answer; control characters and halves of characters never leave the page", () => {
  assert.deepEqual(texts(["", " "]), []);
  assert.deepEqual(texts(["", "220"]), ["", "220"]);
  assert.deepEqual(texts(["a\u0000b\u0085c\ud83d", "第一行\n第二行\t😀"]), ["abc", "第一行\n第二行\t😀"]);
});

test("a rich text keeps its listed elements and attributes, and nothing that acts", () => {
  for (const name of ["script", "style", "iframe", "a", "form", "input", "svg", "object", "math", "div", "constructor"]) assert.equal(allowed(HTML, name), null, name);
  for (const name of ["annotation-xml", "semantics", "maction", "script", "p"]) assert.equal(allowed(MATH, name), null, name);
  assert.equal(allowed("http://www.w3.org/2000/svg", "p"), null);
  for (const name of ["p", "table", "td", "img"]) assert.notEqual(allowed(HTML, name), null, name);
  assert.notEqual(allowed(MATH, "mfrac"), null);
  assert.deepEqual(Object.keys(allowed(HTML, "img") ?? {}), ["alt", "width"]);
  assert.equal(allowed(HTML, "td")?.["colspan"]?.test("2"), true);
  for (const value of ["0", "-1", "1e3", "2;x"]) assert.equal(allowed(HTML, "td")?.["colspan"]?.test(value), false, value);
});

test("a picture comes with the paper or from the page's own server", () => {
  const page = "https://exam.test/sit/7";
  for (const address of ["data:image/png;base64,AA==", "data:image/svg+xml,%3Csvg/%3E", "/media/a.png", "https://exam.test/media/a.png"]) {
    assert.equal(isOwnPicture(address, page), true, address);
  }
  for (const address of ["https://elsewhere.test/a.png", "//elsewhere.test/a.png", "/\\elsewhere.test/a.png", `media:${"0".repeat(64)}`, "javascript:alert(1)", "data:text/html,x", "blob:https://exam.test/1", "https://"]) {
    assert.equal(isOwnPicture(address, page), false, address);
  }
});

test("points are whole pixels within the picture, whatever was touched", () => {
  const size = { width: 640, height: 480 };
  assert.deepEqual(within(12.4, 99.6, size), { x: 12, y: 100 });
  assert.deepEqual(within(-5, 9_999, size), { x: 0, y: 479 });
  assert.deepEqual(within(99_999, 0, { width: 30_000, height: 1 }), { x: 10_000, y: 0 });
  assert.deepEqual([pointOf("12,100"), pointOf("12"), pointOf("1.5,2"), pointOf("-1,2")], [{ x: 12, y: 100 }, null, null, null]);
});

test("arrows move the cursor, slowly with Shift, and stop at the edge", () => {
  const size = { width: 500, height: 100 };
  assert.deepEqual(stepped({ x: 100, y: 50 }, "ArrowRight", false, size), { x: 110, y: 50 });
  assert.deepEqual(stepped({ x: 100, y: 50 }, "ArrowUp", true, size), { x: 100, y: 49 });
  assert.deepEqual(stepped({ x: 499, y: 50 }, "ArrowRight", false, size), { x: 499, y: 50 });
  for (const key of ["Enter", "a", "toString"]) assert.equal(stepped({ x: 1, y: 1 }, key, false, size), null);
});
