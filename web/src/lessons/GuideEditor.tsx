import type { StudyGuide } from "../content/values";
import { Field } from "../session/Field";
import { t } from "../words/words";
import { ExerciseParts, GlossaryParts, SectionParts } from "./WrittenParts";

interface Props {
  guide: StudyGuide;
  onChange: (guide: StudyGuide) => void;
}

/** Edits a study guide part by part. */
export function GuideEditor({ guide, onChange }: Props) {
  const change = (part: Partial<StudyGuide>) => onChange({ ...guide, ...part });
  return (
    <>
      <section className="panel" aria-labelledby="frame-heading">
        <h2 id="frame-heading">{t("Title")}</h2>
        <div className="form wide">
          <Field
            label={t("Title")}
            required
            maxLength={500}
            value={guide.title}
            onChange={(title) => change({ title })}
          />
        </div>
      </section>
      <SectionParts sections={guide.sections} onChange={(sections) => change({ sections })} />
      <GlossaryParts entries={guide.glossary} onChange={(glossary) => change({ glossary })} />
      <ExerciseParts
        heading={t("Questions to ask oneself")}
        exercises={guide.questions}
        onChange={(questions) => change({ questions })}
      />
    </>
  );
}
