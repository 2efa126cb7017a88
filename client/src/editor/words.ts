// What the server hands to the page, and how a fault is told.
import { filled, type Options } from "./dom.ts";
import type { Given, Standard } from "./model.ts";
import type { Fault } from "./wire.ts";

export interface Choices extends Given {
  kinds: Options;
  levels: Options;
  levelsOf: Record<string, string[]>;
  parts: Options;
  methods: Options;
  aspects: Options;
  schools: Options;
  titles: Options;
  lists: Options;
  clauses: Options;
}
export interface Words {
  sections: Record<string, string>;
  fields: Record<string, string>;
  sentence: Record<string, string>;
  say: Record<string, string>;
  choices: Choices;
}
export interface Sent {
  standard: Partial<Standard> | null;
  faults: Fault[];
  version: number | null;
  kinds: string[];
  address: string;
  draft: string;
  fresh: boolean;
}

/** What is wrong and how it is mended. */
export function said(fault: Fault, words: Words): string {
  return fault.mend ? `${fault.what}${words.say.semicolon}${fault.mend}` : fault.what;
}

/** Where a fault is, in words: section, level, field; of a text its line. */
export function place(fault: Fault, words: Words): string {
  const { say } = words;
  if (fault.line) return filled(say.line, { n: fault.line }) + say.colon;
  const level = words.choices.levels.find(([code]) => code === fault.level)?.[1];
  const field = fault.path.length > 1 ? words.fields[fault.field] : undefined;
  const found = [words.sections[fault.section], level, field].filter(Boolean).join(say.place);
  return found && found + say.colon;
}
