/** Whether the server can be reached just now, as the requests of this page have found. */

const RETRY_MS = 3_000;

type Listener = () => void;

let isReachable = true;
let timer: ReturnType<typeof setTimeout> | null = null;
const listeners = new Set<Listener>();
const returnListeners = new Set<Listener>();

/** Tells that a request found nobody; the server is then asked until it answers. */
export function reportUnreachable(): void {
  if (isReachable) {
    isReachable = false;
    tell(listeners);
  }
  timer ??= setTimeout(() => void askAgain(), RETRY_MS);
}

export function isServerReachable(): boolean {
  return isReachable;
}

/** Has `listener` called whenever `isServerReachable` changes; gives the way to stop that. */
export function onConnectionChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Has `listener` called whenever the server is back; gives the way to stop that. */
export function onServerReturn(listener: Listener): () => void {
  returnListeners.add(listener);
  return () => returnListeners.delete(listener);
}

async function askAgain(): Promise<void> {
  timer = null;
  const answered = await fetch("/health/ready", { cache: "no-store" }).then(
    (response) => response.ok,
    () => false,
  );
  if (!answered) {
    reportUnreachable();
    return;
  }
  isReachable = true;
  tell(listeners);
  tell(returnListeners);
}

function tell(all: Set<Listener>): void {
  for (const listener of all) listener();
}
