// The pages that watch running examinations: the invigilator's room (#room) and the bureaus' wall (#wall).

import { listen, ports } from "./watch/stream.ts";
import { Alarms, clock } from "./watch/alarms.ts";
import { handed, held, progress, sitting, Wall, type Crowd } from "./watch/wall.ts";

function part(host: Element, name: string, text: string): void {
  const element = host.querySelector(`[data-part="${name}"]`);
  if (element !== null && element.textContent !== text) element.textContent = text;
}

/** The line of the page that says whether what is shown is of this moment. */
function freshness(host: Element): (works: boolean) => void {
  return (works) => {
    host.toggleAttribute("data-stale", !works);
    host.querySelectorAll<HTMLElement>("[data-when-stale]").forEach((note) => { note.hidden = works; });
  };
}

declare const htmx: { ajax: (verb: string, address: string, how: { target: string; swap: string }) => Promise<void> };

/** The office draws the room anew when the hall says that a seat has changed. Marks open like cards, without 5,000 listeners. */
function room(host: HTMLElement): void {
  host.addEventListener("click", (event) => {
    const mark = (event.target as Element).closest<HTMLAnchorElement>("a.seat-mark");
    if (mark === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void htmx.ajax("GET", mark.href, { target: "#seat-panel", swap: "innerHTML show:top" });
  });
  if (host.dataset["passes"] === undefined) return;
  void listen(ports(host.dataset["passes"] ?? "", "/hall"), () => host.dispatchEvent(new Event("seats")), freshness(host));
}

function wall(host: HTMLElement): void {
  const rows = new Map([...host.querySelectorAll<HTMLElement>("[data-session]")].map((row) => [Number(row.dataset["session"]), row]));
  const paint = (crowd: Crowd): void => {
    const row = rows.get(crowd.session);
    if (row === undefined) return;
    part(row, "sitting", String(sitting(crowd)));
    part(row, "handed", String(handed(crowd)));
    part(row, "silent", String(crowd.silent));
    part(row, "strayed", String(crowd.strayed));
    part(row, "held", String(held(crowd)));
    part(row, "progress", `${Math.round(progress(crowd) * 100)}%`);
    row.querySelector<HTMLMeterElement>("meter")?.setAttribute("value", String(progress(crowd)));
  };
  const queue = new Alarms(host.querySelector<HTMLElement>("[data-alarms]"), (session) => rows.get(session) ?? null);
  const shown = new Wall(paint, (sum, alarms) => {
    for (const [name, count] of Object.entries(sum)) part(host, `sum-${name}`, String(count));
    part(host, "at", clock(shown.now));
    const alarmed = new Set(alarms.map((crowd) => crowd.session));
    for (const [session, row] of rows) row.toggleAttribute("data-alarm", alarmed.has(session));
    host.querySelectorAll<HTMLElement>("[data-when-alarm]").forEach((note) => { note.hidden = alarms.length === 0; });
    queue.show(alarms, shown.now);
  }, (session) => rows.get(session)?.hidden === false);
  const filter = host.querySelector<HTMLSelectElement>("[data-filter]");
  filter?.addEventListener("change", () => {
    for (const row of rows.values()) row.hidden = filter.value !== "" && !(row.dataset["place"] ?? "").startsWith(filter.value);
    shown.add();
  });
  void listen(ports(host.dataset["passes"] ?? "", "/hall"), (event) => shown.hear(event), freshness(host));
}

const [roomHost, wallHost] = [document.getElementById("room"), document.getElementById("wall")];
if (roomHost !== null) room(roomHost);
if (wallHost !== null) wall(wallHost);
