// Server-sent events asked for with a pass in the message and not in the address, where it would end in logs. A stream
// that ends is asked for again with a fresh pass; a line that is down is told, and tried again.

export interface Heard { readonly name: string; readonly data: unknown }

/** Cuts a stream of text into events; what is not whole yet is kept. */
export class Cutter {
  private rest = "";

  take(text: string): Heard[] {
    const blocks = (this.rest + text).split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => {
      const lines = block.split("\n");
      const of = (field: string): string => lines.find((line) => line.startsWith(`${field}: `))?.slice(field.length + 2) ?? "";
      return of("event") === "" ? [] : [{ name: of("event"), data: JSON.parse(of("data")) as unknown }];
    });
  }
}

export interface Ports {
  /** A fresh pass from the office; rejects when there is none to be had. */
  readonly pass: () => Promise<string>;
  /** The hall's stream, piece by piece; ends when the hall ends it. */
  readonly open: (pass: string) => Promise<AsyncIterable<string>>;
  readonly sleep: (ms: number) => Promise<void>;
}

const AGAIN = 2_000;

/** Listen for ever (or until `over` says so): every event, and whether the line works. */
export async function listen(ports: Ports, hear: (event: Heard) => void, line: (works: boolean) => void, over: () => boolean = () => false): Promise<void> {
  while (!over()) {
    try {
      const stream = await ports.open(await ports.pass());
      line(true);
      const cutter = new Cutter();
      for await (const text of stream) for (const event of cutter.take(text)) hear(event);
    } catch {
      line(false);
    }
    await ports.sleep(AGAIN);
  }
}

/** The ports of a real page: `passes` is the office's address for fresh passes. */
export function ports(passes: string, hall: string): Ports {
  return {
    sleep: (ms) => new Promise((go) => { setTimeout(go, ms); }),
    pass: async () => {
      const reply = await fetch(passes, { headers: { accept: "application/json" }, credentials: "same-origin", cache: "no-store" });
      if (!reply.ok) throw new Error(String(reply.status));
      return ((await reply.json()) as { pass: string }).pass;
    },
    open: async (pass) => {
      const reply = await fetch(`${hall}/watch`, {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ pass }), credentials: "same-origin", cache: "no-store",
      });
      if (!reply.ok || reply.body === null) throw new Error(String(reply.status));
      return pieces(reply.body);
    },
  };
}

async function* pieces(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const text = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield text.decode(value, { stream: true });
  }
}
