// A calculator for papers that allow one: the four operations, brackets, percent, roots and powers. It keeps nothing.

import { button, el } from "./build.ts";
import type { Say } from "./words.ts";

const KEYS = ["7", "8", "9", "÷", "(", "4", "5", "6", "×", ")", "1", "2", "3", "−", "√", "0", ".", "%", "+", "^"];
const TYPED: Readonly<Record<string, string>> = { "/": "÷", "*": "×", "-": "−", "（": "(", "）": ")", "。": "." };
const DIGITS = 12;

/** The dialog; it stays open beside nothing else, and closes with Escape. */
export function calculator(host: HTMLElement, say: Say): HTMLDialogElement {
  const line = el("output", { class: "exam-sum", "aria-live": "polite" });
  let text = "";
  const show = (): void => { line.textContent = text === "" ? "0" : text; };
  const add = (key: string): void => { text += key; show(); };
  const work = (): void => { text = shown(value(text)); line.textContent = text === "" ? say("sum_wrong") : text; };
  const back = (): void => { text = text.slice(0, -1); show(); };
  const clear = (): void => { text = ""; show(); };
  const keys = KEYS.map((key) => button(key, "", () => add(key)));
  const dialog = el("dialog", { class: "exam-calculator", "aria-label": say("calculator"), "data-keys": true },
    line,
    el("div", { class: "exam-keys-grid" }, ...keys, button("C", "", clear, { "aria-label": say("sum_clear") }), button("⌫", "", back, { "aria-label": say("sum_back") }), button("=", "btn-primary", work)),
    button(say("close"), "", () => dialog.close()));
  dialog.addEventListener("keydown", (event) => {
    const key = TYPED[event.key] ?? event.key;
    if (KEYS.includes(key)) add(key);
    else if (key === "Enter" || key === "=") work();
    else if (key === "Backspace") back();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("close", () => dialog.remove());
  show();
  host.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A number as a calculator shows it; nothing when it is none. */
export function shown(found: number): string {
  return Number.isFinite(found) ? String(Number(found.toPrecision(DIGITS))).replace("-", "−") : "";
}

/** What an expression comes to; NaN when it is none. Powers bind from the right, then signs, products, sums. */
export function value(text: string): number {
  const tokens = text.match(/\d+\.?\d*|\.\d+|[-−+×÷^√%()]/g) ?? [];
  if (tokens.join("") !== text.replace(/\s/g, "")) return NaN;
  let at = 0;
  const sum = (): number => {
    let found = product();
    while (tokens[at] === "+" || tokens[at] === "−" || tokens[at] === "-") found = tokens[at++] === "+" ? found + product() : found - product();
    return found;
  };
  const product = (): number => {
    let found = signed();
    while (tokens[at] === "×" || tokens[at] === "÷") found = tokens[at++] === "×" ? found * signed() : found / signed();
    return found;
  };
  const signed = (): number => {
    if (tokens[at] === "−" || tokens[at] === "-") { at += 1; return -signed(); }
    return power();
  };
  const power = (): number => {
    const base = percent();
    if (tokens[at] !== "^") return base;
    at += 1;
    return base ** signed();
  };
  const percent = (): number => {
    let found = atom();
    while (tokens[at] === "%") { at += 1; found /= 100; }
    return found;
  };
  const atom = (): number => {
    const token = tokens[at++];
    if (token === "√") return Math.sqrt(percent());
    if (token === "(") {
      const found = sum();
      return tokens[at++] === ")" ? found : NaN;
    }
    return token !== undefined && /[\d.]/.test(token) ? Number(token) : NaN;
  };
  const found = sum();
  return at === tokens.length ? found : NaN;
}
