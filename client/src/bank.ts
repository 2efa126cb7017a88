// The editors of a bank: element tables and plans of composition. Without this file a table is uploaded, a plan is text.
import { PlanPage } from "./bank/plan.ts";
import { TablePage } from "./bank/table.ts";

function told<T>(id: string): T | null {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : null;
}

function carrier(id: string | undefined): HTMLTextAreaElement | null {
  return id ? (document.getElementById(id) as HTMLTextAreaElement | null) : null;
}

for (const root of document.querySelectorAll<HTMLElement>("[data-table-editor]")) {
  const [ranges, points, given] = [carrier(root.dataset.tableEditor), carrier(root.dataset.points), told<ConstructorParameters<typeof TablePage>[3]>("table-told")];
  if (ranges && points && given) new TablePage(root, ranges, points, given).start();
}
for (const root of document.querySelectorAll<HTMLElement>("[data-plan-editor]")) {
  const [text, given] = [carrier(root.dataset.planEditor), told<ConstructorParameters<typeof PlanPage>[2]>("plan-told")];
  if (text && given) new PlanPage(root, text, given).start();
}
