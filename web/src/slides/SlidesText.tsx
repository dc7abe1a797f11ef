import { useState } from "react";

import { Prose } from "../content/Prose";
import { SourceList } from "../content/SourceList";
import type { SlideDeck } from "../content/values";
import { t } from "../words/words";
import { SlideView } from "./SlideView";

/** A slide deck to go through, with the speaker's notes and sources of each slide. */
export function SlidesText({ deck }: { deck: SlideDeck }) {
  const [at, setAt] = useState(0);
  const slide = deck.slides[at];
  if (slide === undefined) return null;
  const last = deck.slides.length - 1;
  return (
    <div className="slide-show">
      <SlideView slide={slide} theme={deck.theme} />
      <div className="form-actions">
        <button type="button" className="button" disabled={at === 0} onClick={() => setAt(at - 1)}>
          {t("Slide before")}
        </button>
        <p role="status">
          {t("Slide {at} of {slides}", { at: at + 1, slides: deck.slides.length })}
        </p>
        <button
          type="button"
          className="button"
          disabled={at === last}
          onClick={() => setAt(at + 1)}
        >
          {t("Next slide")}
        </button>
      </div>
      {slide.narration.length > 0 && (
        <section aria-labelledby="notes-heading">
          <h2 id="notes-heading">{t("What is said to it")}</h2>
          <Prose text={slide.narration.join("\n\n")} />
        </section>
      )}
      <SourceList sources={slide.sources} />
    </div>
  );
}
