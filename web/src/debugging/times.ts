/** Durations as those read them who look for slow ones. */

/** Seconds as ms below one second, else as seconds. */
export function duration(seconds: number): string {
  if (seconds < 0.0995) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 0.9995) return `${(seconds * 1000).toFixed(0)} ms`;
  return seconds < 99.95 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}

/** A duration that may not be known. */
export function perhaps(seconds: number | null): string {
  return seconds === null ? "" : duration(seconds);
}

/** The end of a path, which is what one looks for: `services/answering/engine.py:40 run`. */
export function shortFrame(frame: string): string {
  const parts = frame.split("/");
  return parts.slice(-3).join("/");
}

/** A time of the day, to the second. */
export function clock(iso: string): string {
  return new Date(iso).toLocaleTimeString();
}
