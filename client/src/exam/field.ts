// What every kind of item has on the page: a field below its stem that shows what is given and saves what is changed.

import type { Say } from "./words.ts";
import type { Item } from "./wire.ts";

export interface Field {
  /** Everything that belongs below the stem. */
  readonly element: HTMLElement;
  /** Show what is given now; what is being written stays unless it is `forced` away. */
  show(forced?: boolean): void;
  /** Save what was written and is not saved yet. */
  flush?(): void;
  /** Pick the option at that place, from 0. */
  pick?(place: number): void;
  /** Nothing of it is lost by one press, so there is a button that takes the answer back. */
  readonly clears: boolean;
}

/** One unit and what a field may do with it. */
export interface Asked {
  readonly unit: Item;
  /** The stem on the page; a fill item gets its inputs there. */
  readonly stem: HTMLElement;
  /** Distinguishes the unit from others on the page, for names and ids. */
  readonly name: string;
  readonly say: Say;
  given(): readonly string[];
  /** Keep and send an answer. */
  save(keys: readonly string[]): void;
  /** Something was written and not saved yet, or (false) it turned out to be what was saved. */
  writing(on: boolean): void;
  /** Tell a screen reader. */
  tell(text: string): void;
}
