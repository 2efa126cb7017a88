// The queue of alarms above the wall: which room, since when, and what is the matter; the oldest stands first.

import { trouble, type Crowd } from "./wall.ts";

/** Which session has called since when, in the order in which they called. */
export class Queue {
  private readonly since = new Map<number, number>();

  /** The sessions that call now, oldest first; one that stopped calling and calls again stands behind. */
  order(sessions: readonly number[], now: number): readonly { session: number; since: number }[] {
    for (const session of [...this.since.keys()]) if (!sessions.includes(session)) this.since.delete(session);
    for (const session of sessions) if (!this.since.has(session)) this.since.set(session, now);
    return [...this.since].map(([session, since]) => ({ session, since }));
  }
}

/** Draws the queue into a list; what it says stands in the list's data, in the reader's language. */
export class Alarms {
  private readonly queue = new Queue();

  constructor(private readonly list: HTMLElement | null, private readonly row: (session: number) => HTMLElement | null) {}

  show(alarms: readonly Crowd[], now: number): void {
    const { list } = this;
    if (list === null) return;
    const crowds = new Map(alarms.map((crowd) => [crowd.session, crowd]));
    const lines = this.queue.order([...crowds.keys()], now).map(({ session, since }) => {
      const [crowd, link] = [crowds.get(session), this.row(session)?.querySelector("a")?.cloneNode(true)];
      const line = document.createElement("li");
      if (crowd === undefined || link === undefined) return line;
      const { silent, locked } = trouble(crowd);
      const said = [[silent, list.dataset["silent"]], [locked, list.dataset["locked"]]] as const;
      const told = said.filter(([count]) => count > 0).map(([count, text]) => (text ?? "").replace("{n}", String(count)));
      const at = clock(since).slice(0, 5);
      line.append(link, ` ${told.join(list.dataset["and"] ?? " ")} `, hint((list.dataset["since"] ?? "{at}").replace("{at}", at)));
      return line;
    });
    // an unchanged queue is not read out again
    if (list.textContent !== lines.map((line) => line.textContent).join("")) list.replaceChildren(...lines);
  }
}

/** 09:30:05 in the city's time. */
export function clock(ms: number): string {
  return new Date(ms).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });
}

function hint(text: string): HTMLElement {
  const made = document.createElement("span");
  made.className = "hint";
  made.textContent = text;
  return made;
}
