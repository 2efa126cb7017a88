// Theme and text size: the person's own choice, kept on this machine only.

export const THEMES = ["auto", "light", "dark", "contrast"] as const;
export const TEXTS = ["normal", "large", "largest"] as const;
export type Theme = (typeof THEMES)[number];
export type TextSize = (typeof TEXTS)[number];
export interface Look {
  theme: Theme;
  text: TextSize;
}

type Kept = Pick<Storage, "getItem" | "setItem">;
type Root = Pick<HTMLElement, "setAttribute">;

const KEY_THEME = "jiangheng.theme";
const KEY_TEXT = "jiangheng.text";

function among<T extends string>(allowed: readonly T[], value: string | null, fallback: T): T {
  return allowed.find((one) => one === value) ?? fallback;
}

/** What was chosen before; storage that is switched off or holds nonsense counts as no choice. */
export function readLook(kept: Kept | null): Look {
  try {
    return {
      theme: among(THEMES, kept?.getItem(KEY_THEME) ?? null, "auto"),
      text: among(TEXTS, kept?.getItem(KEY_TEXT) ?? null, "normal"),
    };
  } catch {
    return { theme: "auto", text: "normal" };
  }
}

export function keepLook(kept: Kept | null, look: Look): void {
  try {
    kept?.setItem(KEY_THEME, look.theme);
    kept?.setItem(KEY_TEXT, look.text);
  } catch {
    // Private windows may refuse; the choice then holds for this page only.
  }
}

export function applyLook(root: Root, look: Look, systemIsDark: boolean): void {
  const theme = look.theme === "auto" ? (systemIsDark ? "dark" : "light") : look.theme;
  root.setAttribute("data-theme", theme);
  root.setAttribute("data-text", look.text);
}

/** Buttons `[data-set-theme]` and `[data-set-text]` anywhere on the page. */
export function wireLook(page: Document, view: Window): void {
  const dark = view.matchMedia("(prefers-color-scheme: dark)");
  let look = readLook(view.localStorage);
  const show = (): void => {
    applyLook(page.documentElement, look, dark.matches);
    for (const button of page.querySelectorAll<HTMLElement>("[data-set-theme]"))
      button.setAttribute("aria-pressed", String(button.dataset.setTheme === look.theme));
    for (const button of page.querySelectorAll<HTMLElement>("[data-set-text]"))
      button.setAttribute("aria-pressed", String(button.dataset.setText === look.text));
  };
  page.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-set-theme], [data-set-text]");
    if (!button) return;
    look = {
      theme: among(THEMES, button.dataset.setTheme ?? look.theme, look.theme),
      text: among(TEXTS, button.dataset.setText ?? look.text, look.text),
    };
    keepLook(view.localStorage, look);
    show();
  });
  dark.addEventListener("change", show);
  show();
}
