import { useEffect, useRef } from "react";

import { t } from "../words/words";
import { clock, type Timing } from "./timing";

interface Props {
  timing: Timing;
  /** The start of the cue that is said just now. */
  said: number | null;
  onSeek: (seconds: number) => void;
}

/** What is said in a video, by chapter; a sentence or chapter leads to its moment. */
export function Transcript({ timing, said, onSeek }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const shown = list.current?.querySelector<HTMLElement>('[aria-current="true"]');
    if (shown == null || list.current === null) return;
    // Within the list alone: the view itself stays where it is.
    const top = shown.offsetTop - list.current.clientHeight / 3;
    list.current.scrollTo({ top, behavior: "smooth" });
  }, [said]);
  return (
    <section className="transcript" aria-labelledby="transcript-heading">
      <h2 id="transcript-heading">{t("What is said")}</h2>
      {/* A region that scrolls must be reached by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div
        ref={list}
        className="transcript-text"
        tabIndex={0}
        role="region"
        aria-label={t("Transcript")}
      >
        {timing.scenes.map((scene) => (
          <div key={scene.id}>
            <h3>
              <button type="button" onClick={() => onSeek(scene.start_seconds)}>
                <time>{clock(scene.start_seconds)}</time> {scene.heading}
              </button>
            </h3>
            <p>
              {scene.cues.map((cue) => (
                <button
                  key={cue.start_seconds}
                  type="button"
                  className="cue"
                  aria-current={cue.start_seconds === said}
                  onClick={() => onSeek(cue.start_seconds)}
                >
                  {cue.text}
                </button>
              ))}
            </p>
          </div>
        ))}
      </div>
    </section>
  );
}
