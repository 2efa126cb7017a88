// Larger type and high contrast. The choice lasts for this computer's browser; it says nothing about the person.

import { button, el } from "./build.ts";
import type { Say } from "./words.ts";

const SIZES = ["", "large", "largest"];
const KEY = "jiangheng-exam-look";

interface Look { size: number; contrast: boolean }

/** The buttons; they act on the whole page. */
export function comfort(say: Say): HTMLElement {
  const look = recall();
  const smaller = button("A−", "btn-small", () => change({ size: look.size - 1 }), { "aria-label": `A− ${say("smaller")}`, title: say("smaller") });
  const larger = button("A+", "btn-small", () => change({ size: look.size + 1 }), { "aria-label": `A+ ${say("larger")}`, title: say("larger") });
  const contrast = button(say("contrast"), "btn-small", () => change({ contrast: !look.contrast }));
  const apply = (): void => {
    const root = document.documentElement;
    if (look.size > 0) root.dataset["text"] = SIZES[look.size] as string;
    else delete root.dataset["text"];
    if (look.contrast) root.dataset["theme"] = "contrast";
    else delete root.dataset["theme"];
    smaller.disabled = look.size === 0;
    larger.disabled = look.size === SIZES.length - 1;
    contrast.setAttribute("aria-pressed", String(look.contrast));
  };
  const change = (part: Partial<Look>): void => {
    Object.assign(look, part);
    keep(look);
    apply();
  };
  apply();
  return el("div", { class: "exam-comfort" }, smaller, larger, contrast);
}

function recall(): Look {
  try {
    const kept = JSON.parse(window.localStorage.getItem(KEY) ?? "{}") as Partial<Look>;
    const size = Number(kept.size) || 0;
    return { size: Math.min(SIZES.length - 1, Math.max(0, Math.trunc(size))), contrast: kept.contrast === true };
  } catch {
    return { size: 0, contrast: false };
  }
}

function keep(look: Look): void {
  try {
    window.localStorage.setItem(KEY, JSON.stringify(look));
  } catch {
    // A browser that keeps nothing still shows the page as chosen.
  }
}
