// Places in a picture: a tap sets a point, so do arrows and Enter. Points are pixels of the picture itself, whatever
// its size on this screen.

import { button, el } from "./build.ts";
import type { Asked, Field } from "./field.ts";
import { isOwnPicture } from "./rich.ts";

// The hall's own bounds.
export const MOST_POINTS = 20;
const LARGEST_PIXEL = 10_000;
const COARSE = 50;

interface Point { readonly x: number; readonly y: number }

const ARROWS = new Map([
  ["ArrowLeft", { x: -1, y: 0 }], ["ArrowRight", { x: 1, y: 0 }], ["ArrowUp", { x: 0, y: -1 }], ["ArrowDown", { x: 0, y: 1 }],
]);

/** A token as a point; null when it is none. */
export function pointOf(token: string): Point | null {
  const found = /^(\d{1,5}),(\d{1,5})$/.exec(token);
  return found === null ? null : { x: Number(found[1]), y: Number(found[2]) };
}

/** The nearest whole pixel within a picture of that size. */
export function within(x: number, y: number, size: { readonly width: number; readonly height: number }): Point {
  const inside = (value: number, end: number): number => Math.max(0, Math.min(Math.round(value), end - 1, LARGEST_PIXEL));
  return { x: inside(x, size.width), y: inside(y, size.height) };
}

/** Where an arrow leads: a fiftieth of the picture, or with Shift one pixel; null for any other key. */
export function stepped(from: Point, key: string, slow: boolean, size: { readonly width: number; readonly height: number }): Point | null {
  const way = ARROWS.get(key);
  if (way === undefined) return null;
  const by = slow ? 1 : Math.max(1, Math.round(Math.max(size.width, size.height) / COARSE));
  return within(from.x + way.x * by, from.y + way.y * by, size);
}

export function hotspot(asked: Asked): Field {
  const { say } = asked;
  const image = el("img", { alt: "", draggable: "false" });
  const cursor = el("span", { class: "exam-cursor", hidden: true });
  const marks = el("div", { "aria-hidden": "true" });
  const hint = el("p", { class: "hint", id: `${asked.name}-hint` }, say("plate_hint", { most: MOST_POINTS }));
  const plate = el("div", { class: "exam-plate", tabindex: "0", role: "application", "aria-label": say("plate"), "aria-describedby": hint.id, "data-keys": true }, image, marks, cursor);
  const list = el("ol", { class: "exam-points" });
  const size = (): { width: number; height: number } => ({ width: image.naturalWidth, height: image.naturalHeight });
  let at: Point | null = null;
  let drawn = "";

  const put = (mark: HTMLElement, point: Point): void => {
    const { width, height } = size();
    // The middle of the pixel, so that a point set is shown under the finger.
    mark.style.left = `${(100 * (point.x + 0.5)) / width}%`;
    mark.style.top = `${(100 * (point.y + 0.5)) / height}%`;
  };
  const add = (point: Point): void => {
    const token = `${point.x},${point.y}`;
    const given = asked.given();
    if (given.length >= MOST_POINTS || given.includes(token)) return;
    asked.save([...given, token]);
    asked.tell(say("point_set", { number: given.length + 1 }));
  };
  const remove = (place: number): void => {
    if (place < 0) return;
    asked.save(asked.given().filter((_, one) => one !== place));
    plate.focus();
  };
  const point = (to: Point): void => {
    at = to;
    cursor.hidden = false;
    put(cursor, to);
    asked.tell(say("plate_at", { x: to.x, y: to.y }));
  };
  const pressed = (event: KeyboardEvent): void => {
    const { width, height } = size();
    if (width === 0) return;
    const from = at ?? within(width / 2, height / 2, size());
    const to = stepped(from, event.key, event.shiftKey, size());
    if (to !== null) point(to);
    else if (event.key === "Enter" || event.key === " ") at === null ? point(from) : add(at);
    else if (event.key === "Delete" || event.key === "Backspace") remove(asked.given().length - 1);
    else return;
    event.preventDefault();
  };
  const tapped = (event: MouseEvent): void => {
    const box = image.getBoundingClientRect();
    if (box.width === 0 || image.naturalWidth === 0) return;
    cursor.hidden = true;
    at = within(((event.clientX - box.left) * image.naturalWidth) / box.width - 0.5, ((event.clientY - box.top) * image.naturalHeight) / box.height - 0.5, size());
    add(at);
  };
  const show = (): void => {
    const given = asked.given().join(" ");
    // What has not changed stays, and with it the focus.
    if (given === drawn) return;
    drawn = given;
    const points = asked.given().flatMap((token) => pointOf(token) ?? []);
    marks.replaceChildren(...points.map((one, place) => {
      const mark = el("span", { class: "exam-point" }, String(place + 1));
      put(mark, one);
      return mark;
    }));
    list.replaceChildren(...points.map((one, place) => {
      const text = say("point", { number: place + 1, x: one.x, y: one.y });
      return el("li", {}, text, button(say("point_remove"), "btn-small", () => remove(place), { "aria-label": `${say("point_remove")} ${text}` }));
    }));
  };
  plate.addEventListener("keydown", pressed);
  plate.addEventListener("click", tapped);
  plate.addEventListener("blur", () => { cursor.hidden = true; });
  image.addEventListener("load", () => { drawn = ""; show(); });
  image.addEventListener("error", () => plate.replaceChildren(el("p", { role: "alert" }, say("plate_failed"))));
  const address = asked.unit.picture ?? "";
  image.src = isOwnPicture(address, document.baseURI) ? address : "data:,";
  return { element: el("div", {}, hint, plate, list), clears: true, show };
}
