// The wall: every running examination of a place, as counts. What needs a look stands above; the rest can be filtered.

import type { Heard } from "./stream.ts";

export interface Crowd {
  readonly session: number;
  readonly place: string;
  readonly stages: Readonly<Record<string, number>>;
  readonly silent: number;
  readonly strayed: number;
  readonly answered: number;
  readonly total: number;
}

export interface Sum { readonly sessions: number; readonly sitting: number; readonly handed: number; readonly silent: number; readonly strayed: number; readonly held: number }

const of = (crowd: Crowd, ...stages: string[]): number => stages.reduce((sum, stage) => sum + (crowd.stages[stage] ?? 0), 0);

export const sitting = (crowd: Crowd): number => of(crowd, "open", "break", "paused", "locked", "waiting");
export const handed = (crowd: Crowd): number => of(crowd, "handed");
export const held = (crowd: Crowd): number => of(crowd, "paused", "locked");

/** From 0 up to 1: how much of all questions is answered. */
export function progress(crowd: Crowd): number { return crowd.total === 0 ? 0 : crowd.answered / crowd.total; }

/** More than this share of a room silent is more than somebody who pulled a plug. */
const MANY = 0.1;

/** Does somebody have to look there: many silent at once, or seats that stand still? */
export function alarming(crowd: Crowd): boolean {
  return crowd.silent > Math.max(1, sitting(crowd) * MANY) || (crowd.stages["locked"] ?? 0) > 0;
}

/** What raised the alarm, for the line in the queue. */
export function trouble(crowd: Crowd): { silent: number; locked: number } {
  return { silent: crowd.silent > Math.max(1, sitting(crowd) * MANY) ? crowd.silent : 0, locked: crowd.stages["locked"] ?? 0 };
}

export class Wall {
  readonly crowds = new Map<number, Crowd>();
  /** The hall's clock at its last word, UTC milliseconds. */
  now = 0;

  /** `shown` says which sessions count: the hall also knows of those that are over, and a place may be chosen. */
  constructor(
    private readonly paint: (crowd: Crowd) => void,
    private readonly tell: (sum: Sum, alarms: readonly Crowd[]) => void,
    private readonly shown: (session: number) => boolean = () => true,
  ) {}

  hear({ name, data }: Heard): void {
    if (name !== "sessions") return;
    const said = data as { now: number; rows: readonly Crowd[] };
    this.now = said.now;
    for (const crowd of said.rows) {
      this.crowds.set(crowd.session, crowd);
      this.paint(crowd);
    }
    this.add();
  }

  /** Add up anew: something was heard, or another place was chosen. */
  add(): void {
    const all = [...this.crowds.values()].filter((crowd) => this.shown(crowd.session));
    const sum = (count: (crowd: Crowd) => number): number => all.reduce((so, crowd) => so + count(crowd), 0);
    this.tell(
      { sessions: all.length, sitting: sum(sitting), handed: sum(handed), silent: sum((one) => one.silent), strayed: sum((one) => one.strayed), held: sum(held) },
      all.filter(alarming),
    );
  }
}
