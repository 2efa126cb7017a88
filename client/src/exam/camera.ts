// A small picture every so many seconds, where the exam has them and the candidate agreed. One that cannot be taken or sent
// is left out: nothing of it waits, and answering goes on as if there were no camera.

const WIDTH = 320;
const HEIGHT = 240;
/** The hall takes no picture that is larger, bytes. */
export const MOST = 30 * 1024;
const QUALITIES = [0.7, 0.5, 0.35, 0.2] as const;

/** What looks: a JPEG in base64, or nothing when there is none to be had. */
export interface Eye { shoot(): Promise<string>; close(): void }

export interface Ports {
  /** Opens the camera; null where there is none, it is refused, or the page has no right to ask. */
  readonly open: () => Promise<Eye | null>;
  /** Sends a picture once; `false` when the hall wants no more of them. */
  readonly send: (picture: string) => Promise<boolean>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly chance: () => number;
  /** The camera cannot be used: the person is to be told, once. */
  readonly missing: () => void;
}

/** Take pictures about every `seconds`, never two at the same distance, until told to stop. */
export function pictures(seconds: number, ports: Ports): () => void {
  let over = false;
  let eye: Eye | null = null;
  const run = async (): Promise<void> => {
    eye = await ports.open().catch(() => null);
    if (eye === null) return over ? undefined : ports.missing();
    while (!over) {
      const picture = await eye.shoot().catch(() => "");
      if (over || (picture !== "" && !(await ports.send(picture).catch(() => true)))) break;
      await ports.sleep(seconds * 1_000 * (0.75 + ports.chance() / 2));
    }
    eye.close();
  };
  void run();
  return () => { over = true; eye?.close(); };
}

/** The camera of this machine. A browser gives it to a page with encryption, or of the machine itself, alone. */
export async function eye(view: Window): Promise<Eye | null> {
  const devices = view.isSecureContext ? (view.navigator.mediaDevices as MediaDevices | undefined) : undefined;
  if (devices === undefined) return null;
  const stream = await devices.getUserMedia({ video: { width: { ideal: WIDTH }, height: { ideal: HEIGHT } }, audio: false });
  const video = view.document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  await video.play();
  const canvas = view.document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  return {
    shoot: async () => {
      canvas.getContext("2d")?.drawImage(video, 0, 0, WIDTH, HEIGHT);
      return smallest((quality) => new Promise((done) => { canvas.toBlob(done, "image/jpeg", quality); }));
    },
    close: () => { for (const track of stream.getTracks()) track.stop(); video.srcObject = null; },
  };
}

/** The first that is small enough, from fine to coarse, in base64; nothing when none is. */
export async function smallest(make: (quality: number) => Promise<Blob | null>): Promise<string> {
  for (const quality of QUALITIES) {
    const made = await make(quality);
    if (made !== null && made.size <= MOST) return base64(new Uint8Array(await made.arrayBuffer()));
  }
  return "";
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
