// What a condition asks, in one sentence, as the platform will judge it; shown while the condition is written.
import type { Condition } from "./model.ts";

export type Pieces = Record<string, string>;
type Names = readonly (readonly [string, string])[];

export interface Named {
  levels: Names;
  titles: Names;
  schools: Names;
  lists: Names;
}

function filled(text: string | undefined, places: Record<string, string>): string {
  return (text ?? "").replace(/\{(\w+)\}/g, (_, name: string) => places[name] ?? "");
}

function named(names: Names, code: unknown): string {
  return names.find(([key]) => key === code)?.[1] ?? String(code ?? "");
}

/** The demands, joined; "" when nothing is asked. */
export function sentence(of: Condition, pieces: Pieces, names: Named): string {
  const said: string[] = [];
  const number = (key: string): void => {
    if (of[key]) said.push(filled(pieces[key], { n: String(of[key]) }));
  };
  number("min_age");
  number("total_years");
  if (of.apprenticeship) said.push(pieces.apprenticeship ?? "");
  if (of.requires_level) said.push(filled(pieces.requires_level, { level: named(names.levels, of.requires_level) }));
  number("years_after_level");
  number("holding_years");
  if (of.preparatory_technician) said.push(pieces.preparatory_technician ?? "");
  if (of.title_rank) said.push(filled(pieces.title_rank, { rank: named(names.titles, of.title_rank) }));
  number("years_after_title");
  const schools = (of.school_kinds as string[] | undefined) ?? [];
  if (schools.length) {
    const told = schools.map((kind) => named(names.schools, kind)).join(pieces.or);
    said.push(filled(pieces[standing(of)], { schools: told }));
    if (of.major_required !== false) said.push(pieces.major ?? "");
  }
  if (of.approved_list) said.push(filled(pieces.approved_list, { list: named(names.lists, of.approved_list) }));
  return said.length ? said.join(pieces.and) + (pieces.end ?? "") : "";
}

function standing(of: Condition): string {
  if (of.student_only) return of.final_year_allowed ? "final_student" : "student";
  if (of.enrolled_allowed) return "enrolled";
  return of.final_year_allowed ? "final_year" : "graduate";
}
