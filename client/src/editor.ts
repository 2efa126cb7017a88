// The editor of standards. Without this file the page is a form with the standard's text.
import { Editor } from "./editor/page.ts";
import type { Sent, Words } from "./editor/words.ts";

function read<T>(id: string): T | null {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : null;
}

const root = document.querySelector<HTMLElement>("[data-editor]");
const sent = read<Sent>("editor-data");
const words = read<Words>("editor-words");
if (root && sent && words) new Editor(document, root, sent, words);
