// Starts the helps of the office and public pages. Every page works without this file; it only makes the work quicker.
import { wireAreas } from "./office/areas.ts";
import { wireConfirm } from "./office/confirm.ts";
import { settleSent, wireDraft } from "./office/drafts.ts";
import { wireLook } from "./office/look.ts";
import { wireActs, wireFolds, wireKeys, wireMenus, wireRefusals } from "./office/page.ts";
import { wireRequests } from "./office/requests.ts";
import { wireRows } from "./office/rows.ts";
import { wireSelection } from "./office/selection.ts";
import { wireUnderway } from "./office/underway.ts";

function within(part: ParentNode): void {
  const shown = Array.from(document.querySelectorAll<HTMLElement>("form[data-draft]"), (form) => form.dataset.draft ?? "");
  settleSent(window.sessionStorage, shown);
  for (const plan of part.querySelectorAll<SVGSVGElement>("svg[data-plan]")) wireAreas(plan);
  for (const area of part.querySelectorAll<HTMLElement>("[data-bulk]")) wireSelection(area);
  for (const area of part.querySelectorAll<HTMLElement>("[data-rows]")) wireRows(area);
  for (const form of part.querySelectorAll<HTMLFormElement>("form[data-draft]")) wireDraft(form, window.sessionStorage);
}

wireLook(document, window);
wireConfirm(document);
wireKeys(document);
wireMenus(document);
wireRefusals(document);
wireActs(document);
wireFolds(document);
wireUnderway(document);
wireRequests(document, (part) => {
  within(part);
  // Errors first, else the new panel's heading: the person lands where the page changed.
  part.querySelector<HTMLElement>(".errors, [data-focus]")?.focus();
});
within(document);
document.querySelector<HTMLElement>(".errors, .outcome[tabindex]")?.focus();
