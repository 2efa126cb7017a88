// Asking the server: check, read a text, save. What goes wrong on the way is told in words; nothing typed is lost.
import type { Standard } from "./model.ts";

export interface Fault {
  section: string;
  level: string;
  field: string;
  path: (string | number)[];
  what: string;
  mend: string;
  line?: number;
}

export interface Answer {
  faults: Fault[];
  text?: string;
  standard?: Partial<Standard>;
  version?: number;
  url?: string;
  said?: string;
}

export type Asked = { act: "check" | "read" | "save"; version?: number | null } & ({ standard: Standard } | { text: string });

function plainly(what: string): Fault {
  return { section: "", level: "", field: "", path: [], what, mend: "" };
}

export async function ask(address: string, asked: Asked, say: Record<string, string>): Promise<Answer> {
  const token = document.querySelector<HTMLInputElement>("[name='csrfmiddlewaretoken']")?.value ?? "";
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
      body: JSON.stringify(asked),
    });
  } catch {
    return { faults: [plainly(say.offline ?? "")] };
  }
  // the way in instead of an answer: the session is over
  if (answer.redirected || answer.status === 401) return { faults: [plainly(say.lost ?? "")] };
  let told: Partial<Answer> & { refusals?: { reason: string; mend: string }[] } = {};
  try {
    told = (await answer.json()) as typeof told;
  } catch {
    return { faults: [plainly(say.failed ?? "")] };
  }
  if (Array.isArray(told.faults)) return { ...told, faults: told.faults };
  if (Array.isArray(told.refusals)) return { faults: told.refusals.map((each) => ({ ...plainly(each.reason), mend: each.mend })) };
  return { faults: [plainly(say.failed ?? "")] };
}
