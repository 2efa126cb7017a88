import assert from "node:assert/strict";
import { test } from "node:test";
import { rectangle } from "../src/office/areas.ts";
import { sameWord } from "../src/office/confirm.ts";
import { collect, dropDraft, markSent, readDraft, settleSent, writeDraft, type FieldLike } from "../src/office/drafts.ts";
import { applyLook, keepLook, readLook } from "../src/office/look.ts";
import { mustFlip, wantsSearch } from "../src/office/page.ts";
import { SLOW_AFTER, tellBusy, tellDone, waiting } from "../src/office/requests.ts";
import { next, numbered } from "../src/office/rows.ts";
import { span, summary } from "../src/office/selection.ts";
import { percent } from "../src/office/underway.ts";

class Kept {
  readonly held = new Map<string, string>();
  getItem(key: string): string | null { return this.held.get(key) ?? null; }
  setItem(key: string, value: string): void { this.held.set(key, value); }
  removeItem(key: string): void { this.held.delete(key); }
}

const field = (more: Partial<FieldLike>): FieldLike => ({ name: "reason", type: "text", value: "材料不全", isPrivate: false, ...more });
const plain = { key: "/", ctrlKey: false, metaKey: false, altKey: false };

test("a draft never holds a private field, a password or a file", () => {
  const draft = collect([
    field({}),
    field({ name: "identity", value: "450305199001011234", isPrivate: true }),
    field({ name: "password", type: "password", value: "s" }),
    field({ name: "scan", type: "file", value: "C:\\fakepath\\a.pdf" }),
    field({ name: "csrfmiddlewaretoken", type: "hidden", value: "t" }),
  ]);
  assert.deepEqual(draft, { reason: ["材料不全"] });
});

test("a box that was not ticked comes back not ticked", () => {
  const boxes = [
    field({ name: "part", type: "checkbox", value: "theory", checked: true }),
    field({ name: "part", type: "checkbox", value: "skill", checked: false }),
    field({ name: "agree", type: "checkbox", value: "on", checked: false }),
  ];
  assert.deepEqual(collect(boxes), { part: ["theory"], agree: [] });
});

test("a kept draft is read back and is gone after it is dropped", () => {
  const kept = new Kept();
  writeDraft(kept, "filing/7/return", { reason: ["缺少场地证明"] });
  assert.deepEqual(readDraft(kept, "filing/7/return"), { reason: ["缺少场地证明"] });
  assert.equal(readDraft(kept, "filing/8/return"), null);
  dropDraft(kept, "filing/7/return");
  assert.equal(readDraft(kept, "filing/7/return"), null);
});

test("a sent draft stays while its form is still shown and goes once the sending went through", () => {
  const kept = new Kept();
  writeDraft(kept, "a", { reason: ["缺少场地证明"] });
  markSent(kept, "a");
  settleSent(kept, ["a"]);
  assert.ok(readDraft(kept, "a"));
  settleSent(kept, []);
  assert.ok(readDraft(kept, "a"), "nothing was sent since, so an ordinary visit elsewhere keeps it");
  markSent(kept, "a");
  settleSent(kept, ["b"]);
  assert.equal(readDraft(kept, "a"), null);
});

test("a draft that cannot be read is thrown away", () => {
  const kept = new Kept();
  kept.setItem("jiangheng.draft.x", "{");
  assert.equal(readDraft(kept, "x"), null);
  assert.equal(kept.held.size, 0);
});

test("the look is kept, and nonsense in the store counts as no choice", () => {
  const kept = new Kept();
  keepLook(kept, { theme: "contrast", text: "large" });
  assert.deepEqual(readLook(kept), { theme: "contrast", text: "large" });
  kept.setItem("jiangheng.theme", "<script>");
  assert.deepEqual(readLook(kept), { theme: "auto", text: "large" });
  assert.deepEqual(readLook(null), { theme: "auto", text: "normal" });
});

test("the automatic theme follows the system and a chosen one does not", () => {
  const seen: Record<string, string> = {};
  const root = { setAttribute: (name: string, value: string) => void (seen[name] = value) };
  applyLook(root, { theme: "auto", text: "normal" }, true);
  assert.equal(seen["data-theme"], "dark");
  applyLook(root, { theme: "light", text: "largest" }, true);
  assert.deepEqual(seen, { "data-theme": "light", "data-text": "largest" });
});

test("the confirming word forgives spaces and full-width letters only", () => {
  assert.ok(sameWord(" 终止 ", "终止"));
  assert.ok(sameWord("ＶＯＩＤ", "VOID"));
  assert.ok(!sameWord("终 止", "终止"));
  assert.ok(!sameWord("", "终止"));
});

test("the slash goes to the search only when nothing is being typed", () => {
  assert.ok(wantsSearch(plain, false));
  assert.ok(!wantsSearch(plain, true));
  assert.ok(!wantsSearch({ ...plain, ctrlKey: true }, false));
});

test("a sheet that would leave the window hangs from its other edge", () => {
  assert.ok(mustFlip(300, 200, 375));
  assert.ok(!mustFlip(20, 200, 375));
});

test("shift takes all the rows between two", () => {
  assert.deepEqual(span(5, 2), [2, 3, 4, 5]);
  assert.deepEqual(span(null, 4), [4]);
  assert.deepEqual(summary([true, false, true]), { count: 2, all: false, some: true });
  assert.deepEqual(summary([true, true]), { count: 2, all: true, some: false });
  assert.deepEqual(summary([]), { count: 0, all: false, some: false });
});

test("a quick request shows nothing; a slow one shows until the last of them ends", () => {
  const seen: boolean[] = [];
  const timers = new Map<number, () => void>();
  let next = 1;
  const line = waiting(
    (on) => void seen.push(on),
    (run, ms) => { assert.equal(ms, SLOW_AFTER); timers.set(next, run); return next++; },
    (id) => void timers.delete(id),
  );
  line.begin();
  line.end();
  assert.equal(timers.size, 0);
  line.begin();
  line.begin();
  for (const run of timers.values()) run();
  line.end();
  assert.deepEqual(seen, [false, true]);
  line.end();
  assert.deepEqual(seen, [false, true, false]);
});

test("a long step shows its part in percent, and nothing while the server says nothing", () => {
  assert.equal(percent({ done: 0, of: 40 }), 0);
  assert.equal(percent({ done: 13, of: 40 }), 33);
  assert.equal(percent({ done: 41, of: 40 }), 100);
  assert.equal(percent({ done: null, of: null }), null);
  assert.equal(percent({ done: 0, of: 0 }), null);
});

test("an added row has a number nobody has, in every attribute", () => {
  assert.equal(next(["history-0-start", "history-4-end", "history-999-start", "related"]), 5);
  assert.equal(next([]), 0);
  assert.equal(numbered("id_history-999-start_helptext id_history-999-start_error", 5), "id_history-5-start_helptext id_history-5-start_error");
});

test("a drag over a picture is a rectangle within it, whichever way it went", () => {
  assert.deepEqual(rectangle({ x: 50.4, y: 60 }, { x: 10, y: 20.6 }, 100, 80), [10, 21, 50, 60]);
  assert.deepEqual(rectangle({ x: -9, y: 5 }, { x: 300, y: 300 }, 100, 80), [0, 5, 100, 80]);
});

test("a click that hardly moved is no area", () => {
  assert.equal(rectangle({ x: 10, y: 10 }, { x: 11, y: 40 }, 100, 80), null);
});

test("a pressed button says what goes on while it is busy, and what it said before when the page comes back", () => {
  const marks = new Map<string, string>();
  const button = {
    textContent: "分析试题",
    dataset: { busy: "正在分析试题…" } as Record<string, string | undefined>,
    getAttribute: (name: string) => marks.get(name) ?? null,
    removeAttribute: (name: string) => void marks.delete(name),
  };
  const by = button as unknown as HTMLElement;
  tellBusy(by);
  assert.equal(button.textContent, "分析试题", "not busy: nothing is said");
  marks.set("aria-busy", "true");
  tellBusy(by);
  tellBusy(by);
  assert.equal(button.textContent, "正在分析试题…");
  tellDone(by);
  assert.equal(button.textContent, "分析试题");
  assert.equal(marks.size, 0);
});
