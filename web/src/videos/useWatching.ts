import { useEffect, useMemo } from "react";

import { api } from "../api/client";

const LONGEST_PART_SECONDS = 30;
const JUMP_SECONDS = 2;

export interface WatchedPart {
  from_seconds: number;
  to_seconds: number;
  duration_seconds: number;
}

interface Player {
  currentTime: number;
  duration: number;
  paused: boolean;
}

/** Cuts what is watched into parts, and gives each to `keep` once it is over. */
export class WatchedParts {
  private from: number | null = null;
  private last = 0;
  private duration = 0;

  constructor(private readonly keep: (part: WatchedPart) => void) {}

  /** Takes note of where the player is. */
  at({ currentTime, duration, paused }: Player): void {
    if (!Number.isFinite(duration)) return;
    this.duration = duration;
    if (this.from !== null && Math.abs(currentTime - this.last) > JUMP_SECONDS) this.end();
    if (this.from === null && !paused) this.from = currentTime;
    this.last = currentTime;
    if (this.from !== null && this.last - this.from >= LONGEST_PART_SECONDS) this.end();
  }

  /** Ends the part that is being watched. */
  end(): void {
    if (this.from === null) return;
    const whole = Math.floor(this.duration);
    const from = Math.floor(this.from);
    const to = Math.min(Math.ceil(this.last), whole);
    this.from = null;
    if (to > from) this.keep({ from_seconds: from, to_seconds: to, duration_seconds: whole });
  }
}

/** Keeps what is watched of a video; a part that does not get through is let go. */
export function useWatching(videoId: string): WatchedParts {
  const parts = useMemo(
    () =>
      new WatchedParts((part) => {
        const path = { params: { path: { video_id: videoId } }, body: part };
        void api.POST("/api/v1/videos/{video_id}/watchings", path).catch(() => undefined);
      }),
    [videoId],
  );
  useEffect(() => () => parts.end(), [parts]);
  return parts;
}
