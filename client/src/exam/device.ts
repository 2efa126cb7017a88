// What names this browser to the hall: a random word it keeps, which tells nothing about the person or the machine; and
// what Safe Exam Browser says of the page, where it is used.

const KEY = "jiangheng-exam-device";

interface SafeExamBrowser { readonly security?: { readonly configKey?: string; readonly browserExamKey?: string; updateKeys?: (done: () => void) => void } }

/** The name of this browser; a new one each time where the browser keeps nothing. */
export function device(shelf: Pick<Storage, "getItem" | "setItem">): string {
  const fresh = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const kept = shelf.getItem(KEY);
    if (kept !== null && /^[0-9a-f]{32}$/.test(kept)) return kept;
    shelf.setItem(KEY, fresh);
  } catch {
    // A browser that keeps nothing is a new one after every reload; the invigilator then allows it to go on.
  }
  return fresh;
}

/** The hash Safe Exam Browser makes over the page's address and its settings, when it is here. */
export async function examBrowser(view: Window): Promise<string> {
  const { security } = (view as Window & { SafeExamBrowser?: SafeExamBrowser }).SafeExamBrowser ?? {};
  if (security === undefined) return "";
  // Newer versions work the hash out only when asked to.
  await new Promise<void>((done) => {
    if (security.updateKeys === undefined) done();
    else {
      security.updateKeys(done);
      setTimeout(done, 2_000);
    }
  });
  return security.configKey ?? security.browserExamKey ?? "";
}
