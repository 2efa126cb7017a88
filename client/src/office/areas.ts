// Areas of a picture, drawn with the pointer: a drag over `svg[data-plan]` writes a rectangle into the first free row.
// Without this file the numbers are typed.

export interface Point {
  x: number;
  y: number;
}

/** The rectangle between two corners, in whole pixels of the picture; none when it is too small to be meant. */
export function rectangle(from: Point, to: Point, width: number, height: number): [number, number, number, number] | null {
  const within = (value: number, most: number): number => Math.min(most, Math.max(0, Math.round(value)));
  const [left, right] = [within(Math.min(from.x, to.x), width), within(Math.max(from.x, to.x), width)];
  const [top, bottom] = [within(Math.min(from.y, to.y), height), within(Math.max(from.y, to.y), height)];
  return right - left < 3 || bottom - top < 3 ? null : [left, top, right, bottom];
}

function place(plan: SVGSVGElement, event: PointerEvent): Point {
  const box = plan.getBoundingClientRect();
  const whole = plan.viewBox.baseVal;
  return {
    x: ((event.clientX - box.left) * whole.width) / box.width,
    y: ((event.clientY - box.top) * whole.height) / box.height,
  };
}

export function wireAreas(plan: SVGSVGElement): void {
  const help = plan.parentElement?.querySelector<HTMLElement>("[data-plan-help]");
  if (help) help.hidden = false;
  const fields = (): HTMLInputElement[] =>
    Array.from(document.querySelectorAll<HTMLInputElement>(`input[data-area="${plan.dataset.plan ?? ""}"]`));
  let from: Point | null = null;
  let shown: SVGRectElement | null = null;
  plan.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    plan.setPointerCapture(event.pointerId);
    from = place(plan, event);
    shown = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    plan.append(shown);
  });
  const drawn = (event: PointerEvent): [number, number, number, number] | null =>
    from && rectangle(from, place(plan, event), plan.viewBox.baseVal.width, plan.viewBox.baseVal.height);
  plan.addEventListener("pointermove", (event) => {
    const area = drawn(event);
    if (!area || !shown) return;
    const [left, top, right, bottom] = area;
    const given = { x: left, y: top, width: right - left, height: bottom - top };
    for (const [name, value] of Object.entries(given)) shown.setAttribute(name, String(value));
  });
  plan.addEventListener("pointerup", (event) => {
    const area = drawn(event);
    from = null;
    const field = fields().find((one) => one.value.trim() === "");
    if (!area || !field) {
      shown?.remove();
      return;
    }
    field.value = area.join(",");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
