// The way to the paper at a machine of the room: who is it, is it really he, has he read the rules.

import { button, el } from "./build.ts";
import type { Say } from "./words.ts";
import type { CheckedIn, Problem, Reply, Send } from "./wire.ts";

/** Ask for ticket and identity number until the hall knows them. */
export function checkIn(show: (screen: HTMLElement) => void, send: Send, say: Say): Promise<CheckedIn> {
  return new Promise((done) => {
    const wrong = el("p", { class: "notice notice-late", role: "alert", hidden: true });
    const field = (name: string, label: string, more: Record<string, string>): [HTMLElement, HTMLInputElement] => {
      const input = el("input", { id: `exam-${name}`, name, class: "input", autocomplete: "off", required: true, spellcheck: "false", ...more });
      return [el("p", { class: "field" }, el("label", { for: `exam-${name}` }, label), input), input];
    };
    const [numberField, number] = field("number", say("checkin_number"), { inputmode: "numeric", maxlength: "32" });
    const [identityField, identity] = field("identity", say("checkin_identity"), { maxlength: "18" });
    const press = el("button", { type: "submit", class: "btn btn-primary btn-large" }, say("checkin_go"));
    const tell = (text: string): void => { wrong.textContent = text; wrong.hidden = text === ""; };
    const form = el("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); void go(); } }, numberField, identityField, wrong, press);
    const go = async (): Promise<void> => {
      if (number.value.trim() === "" || identity.value.trim() === "") return tell(say("checkin_empty"));
      press.disabled = true;
      const reply = await send("/checkin", { number: number.value.trim(), identity: identity.value.trim() }).catch((): Reply => ({ status: 0, retryAfter: 0, body: {} }));
      press.disabled = false;
      if (reply.status === 200) return done(reply.body as CheckedIn);
      const { reason } = reply.body as Partial<Problem>;
      tell(typeof reason === "string" ? reason : say("connecting"));
      identity.focus();
    };
    show(el("main", { class: "exam-card" }, el("h1", { tabindex: "-1" }, say("checkin_title")), el("p", {}, say("checkin_text")), form));
    number.focus();
  });
}

/** Show who has checked in; `false` when it is somebody else. */
export function itsMe(show: (screen: HTMLElement) => void, person: CheckedIn, say: Say): Promise<boolean> {
  return new Promise((done) => {
    const photo = person.photo.startsWith("data:image/") ? [el("img", { src: person.photo, alt: say("me_photo"), class: "exam-photo" })] : [];
    show(el("main", { class: "exam-card exam-me" },
      el("h1", { tabindex: "-1" }, say("me_title")),
      ...photo,
      el("p", { class: "exam-person" }, person.name),
      el("p", {}, say("seat", { seat: person.seat })),
      el("p", {}, person.title),
      el("div", { class: "btns" }, button(say("me_not"), "", () => done(false)), button(say("me_yes"), "btn-primary btn-large", () => done(true)))));
  });
}

/** Show the rules, what was found of the `machine`, and what the camera is for; resolves when all was answered. `camera` may be refused. */
export function agree(show: (screen: HTMLElement) => void, rules: readonly string[], machine: HTMLElement, camera: number, say: Say): Promise<{ camera: boolean }> {
  return new Promise((done) => {
    const read = el("input", { type: "checkbox", id: "exam-read" });
    const seen = el("input", { type: "checkbox", id: "exam-camera" });
    const go = button(say("rules_go"), "btn-primary btn-large", () => done({ camera: seen.checked }));
    go.disabled = true;
    read.addEventListener("change", () => { go.disabled = !read.checked; });
    const pictures = camera > 0
      ? [el("section", { class: "notice" }, el("p", {}, say("camera_text", { seconds: camera })), el("p", { class: "field-check" }, seen, " ", el("label", { for: "exam-camera" }, say("camera_yes"))), el("p", { class: "hint" }, say("camera_else")))]
      : [];
    show(el("main", { class: "exam-card exam-rules" },
      el("h1", { tabindex: "-1" }, say("rules_title")),
      machine,
      el("ol", {}, ...rules.map((rule) => el("li", {}, rule))),
      ...pictures,
      el("p", { class: "field-check" }, read, " ", el("label", { for: "exam-read" }, say("rules_yes"))),
      go));
  });
}
