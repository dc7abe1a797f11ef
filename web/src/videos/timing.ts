/** What is said when in a video, as rendering has kept it. */

export interface Cue {
  start_seconds: number;
  end_seconds: number;
  text: string;
}

export interface Scene {
  id: string;
  heading: string;
  start_seconds: number;
  end_seconds: number;
  cues: Cue[];
}

export interface Timing {
  duration_seconds: number;
  language: string;
  scenes: Scene[];
}

/** A moment of a video: "1:05", "1:02:03". */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = `${String(whole % 60).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** The start of the cue that is said at a moment, or was said last; null before the first. */
export function cueAt(timing: Timing, seconds: number): number | null {
  let found: number | null = null;
  for (const scene of timing.scenes) {
    for (const cue of scene.cues) {
      if (cue.start_seconds > seconds) return found;
      found = cue.start_seconds;
    }
  }
  return found;
}
