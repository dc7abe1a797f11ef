import { freeId } from "../content/parts";
import { PartList } from "../content/PartFrame";
import type { Slide, SlideDeck } from "../content/values";
import { Field } from "../session/Field";
import { SelectField } from "../shell/SelectField";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";
import { SlideView } from "./SlideView";

const THEMES = [
  ["light", t("Light slides")],
  ["dark", t("Dark slides")],
] as const;

interface Props {
  deck: SlideDeck;
  onChange: (deck: SlideDeck) => void;
  /** Whether it is the storyboard of a video, whose every scene is spoken. */
  isNarrated?: boolean;
}

/** Edits slides with what is said to them, each with a preview. */
export function SlidesEditor({ deck, onChange, isNarrated = false }: Props) {
  const change = (part: Partial<SlideDeck>) => onChange({ ...deck, ...part });
  return (
    <section className="panel" aria-labelledby="slides-heading">
      <h2 id="slides-heading">{isNarrated ? t("Scenes") : t("Slides")}</h2>
      {isNarrated && (
        <p className="fine-print">
          {t(
            "The video stays as it was until the new version is rendered, at its page; only scenes that have changed take time.",
          )}
        </p>
      )}
      <div className="form wide">
        <div className="field-row">
          <Field
            label={t("Title")}
            required
            maxLength={500}
            value={deck.title}
            onChange={(title) => change({ title })}
          />
          <SelectField
            label={t("Colours")}
            options={THEMES}
            value={deck.theme}
            onChange={(theme) => change({ theme })}
          />
        </div>
        <PartList
          name={isNarrated ? "Scene" : "Slide"}
          parts={deck.slides}
          onChange={(slides) => change({ slides })}
          make={() => emptySlide(freeId("slide", deck.slides), isNarrated)}
          isRegenerable
          least={1}
        >
          {(slide, set) => <SlideFields slide={slide} theme={deck.theme} onChange={set} />}
        </PartList>
      </div>
    </section>
  );
}

interface SlideProps {
  slide: Slide;
  theme: SlideDeck["theme"];
  onChange: (slide: Slide) => void;
}

function SlideFields({ slide, theme, onChange }: SlideProps) {
  const change = (part: Partial<Slide>) => onChange({ ...slide, ...part });
  return (
    <div className="side-by-side">
      <div className="form wide">
        <Field
          label={t("Heading")}
          required
          maxLength={500}
          value={slide.heading}
          onChange={(heading) => change({ heading })}
        />
        <TextField
          label={t("Points, one in each line")}
          rows={5}
          value={slide.points.join("\n")}
          onChange={(text) => change({ points: text === "" ? [] : text.split("\n") })}
        />
        <Field
          label={t("Formula (LaTeX)")}
          maxLength={2_000}
          value={slide.formula}
          onChange={(formula) => change({ formula })}
        />
        <TextField
          label={t("What is said: first to the heading, then to each point")}
          hint={t("An empty line between the parts.")}
          rows={6}
          value={slide.narration.join("\n\n")}
          onChange={(text) => change({ narration: text === "" ? [] : text.split(/\n{2,}/) })}
        />
      </div>
      <SlideView slide={slide} theme={theme} />
    </div>
  );
}

function emptySlide(id: string, isNarrated: boolean): Slide {
  return {
    id,
    heading: "",
    points: [],
    formula: "",
    code: null,
    table: null,
    plot: null,
    figure: null,
    narration: isNarrated ? [""] : [],
  };
}
