// The page that the room's people open at every machine before the exam: it measures, the hall judges and keeps, and the
// page says green or what is to be mended. The pass stands behind the # of the address: no server ever sees it there.

import { button, el } from "./build.ts";
import { eye } from "./camera.ts";
import { exchange, EXCHANGES, keeps, missing, summary, type Exchange, type Measured } from "./measure.ts";
import { checkSpeaker, isFault, type CheckSay } from "./check_words.ts";
import { Bases, clockAt, sender, type Problem, type Reply, type Send } from "./wire.ts";

interface Checkable { readonly name: string; readonly seats: number; readonly camera: boolean }
interface Said { readonly number: number; readonly sound: boolean; readonly faults: readonly string[]; readonly at: number }

/** Is there a camera that this page may use, and does it give a picture as the exam takes it? It goes out at once. */
async function hasCamera(): Promise<boolean> {
  try {
    const found = await eye(window);
    const picture = await found?.shoot();
    found?.close();
    return (picture ?? "") !== "";
  } catch {
    return false;
  }
}

function kept(): boolean {
  try {
    return keeps(window.localStorage);
  } catch {
    return false;
  }
}

class Check {
  private readonly say: CheckSay;
  private readonly base: string;
  private readonly send: Send;
  private readonly pass = decodeURIComponent(window.location.hash.slice(1));

  constructor(private readonly root: HTMLElement) {
    this.say = checkSpeaker(root.lang || "zh-CN");
    this.base = root.dataset["hall"] ?? "/hall";
    this.send = sender(new Bases(this.base));
  }

  async start(): Promise<void> {
    const reply = await this.post("/machine", {});
    if (reply.status === 200) this.ask(reply.body as Checkable);
    else this.show(el("p", { role: "alert" }, this.why(reply)), button(this.say("again"), "btn-primary", () => void this.start()));
  }

  private post(path: string, body: object): Promise<Reply> {
    return this.send(path, { pass: this.pass, ...body }).catch((): Reply => ({ status: 0, retryAfter: 0, body: {} }));
  }

  private why({ body }: Reply): string {
    const { reason } = body as Partial<Problem>;
    return typeof reason === "string" ? reason : this.say("no_hall");
  }

  private ask(room: Checkable, wrong = ""): void {
    const input = el("input", { id: "check-number", class: "input", inputmode: "numeric", autocomplete: "off", required: true, maxlength: "4" });
    const go = (event: Event): void => {
      event.preventDefault();
      const number = Number(input.value.trim());
      if (Number.isInteger(number) && number >= 1 && number <= room.seats) void this.measure(room, number);
      else this.ask(room, this.say("no_seat", { seats: room.seats }));
    };
    const alert = wrong === "" ? [] : [el("p", { class: "notice notice-late", role: "alert" }, wrong)];
    this.show(
      el("p", {}, room.name),
      ...(room.camera ? [el("p", { class: "notice" }, this.say("camera_ask"))] : []),
      el("form", { novalidate: true, onsubmit: go },
        el("p", { class: "field" }, el("label", { for: "check-number" }, this.say("number", { seats: room.seats })), input),
        ...alert,
        el("button", { type: "submit", class: "btn btn-primary btn-large" }, this.say("go"))));
    input.focus();
  }

  private async measure(room: Checkable, number: number): Promise<void> {
    const progress = el("p", { role: "status" }, this.say("measuring", { done: 0, all: EXCHANGES }));
    this.show(progress);
    const all: Exchange[] = [];
    try {
      for (let done = 1; done <= EXCHANGES; done += 1) {
        all.push(await exchange(() => clockAt(this.base), () => performance.now(), () => Date.now()));
        progress.textContent = this.say("measuring", { done, all: EXCHANGES });
      }
    } catch {
      return this.ask(room, this.say("no_hall"));
    }
    if (room.camera) progress.textContent = this.say("camera_try");
    const found: Measured = {
      missing: missing(window as unknown as Record<string, unknown> & { document: Document }),
      width: window.innerWidth, height: window.innerHeight, keeps: kept(), ...summary(all),
      camera: room.camera && await hasCamera(),
    };
    const reply = await this.post("/seat", { number, found });
    if (reply.status === 200) this.tell(room, reply.body as Said, found);
    else this.ask(room, this.why(reply));
  }

  private tell(room: Checkable, said: Said, found: Measured): void {
    const title = this.say(said.sound ? "green" : "red", { number: said.number });
    const mend = said.faults.map((fault) => el("li", {}, isFault(fault) ? this.say(fault) : fault));
    this.show(
      el("p", { class: said.sound ? "notice check-green" : "notice notice-late check-red", role: "alert" }, title),
      ...(mend.length > 0 ? [el("ul", {}, ...mend)] : []),
      el("p", { class: "hint" }, this.say("measures", {
        skew: (found.skew / 1000).toFixed(1), median: found.median, worst: found.worst, width: found.width, height: found.height,
      })),
      ...(found.missing.length > 0 ? [el("p", { class: "hint" }, this.say("lacks", { names: found.missing.join(" ") }))] : []),
      button(this.say("again"), said.sound ? "" : "btn-primary", () => void this.measure(room, said.number)));
  }

  private show(...parts: Node[]): void {
    this.root.replaceChildren(el("main", { class: "exam-card" }, el("h1", { tabindex: "-1" }, this.say("title")), ...parts));
  }
}

const root = document.getElementById("check");
if (root !== null) void new Check(root).start();
