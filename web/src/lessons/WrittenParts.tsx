import { FigureView } from "../content/FigureView";
import { changed, freeId } from "../content/parts";
import { PartList } from "../content/PartFrame";
import { ProseField } from "../content/ProseField";
import type { Exercise, GlossaryEntry, Section } from "../content/values";
import { Field } from "../session/Field";
import { t } from "../words/words";

interface SectionProps {
  sections: readonly Section[];
  onChange: (sections: Section[]) => void;
}

/** Edits the sections of a lesson or study guide. */
export function SectionParts({ sections, onChange }: SectionProps) {
  return (
    <section className="panel" aria-labelledby="sections-heading">
      <h2 id="sections-heading">{t("Sections")}</h2>
      <div className="form wide">
        <PartList
          name={t("Section")}
          parts={sections}
          onChange={onChange}
          make={() => ({ id: freeId("section", sections), heading: "", body: "" })}
          isRegenerable
          least={1}
        >
          {(section, set) => (
            <>
              <Field
                label={t("Heading")}
                required
                maxLength={500}
                value={section.heading}
                onChange={(heading) => set({ ...section, heading })}
              />
              <ProseField
                label={t("Text")}
                required
                rows={8}
                maxLength={40_000}
                value={section.body}
                onChange={(body) => set({ ...section, body })}
              />
              <SectionFigures section={section} onChange={set} />
            </>
          )}
        </PartList>
      </div>
    </section>
  );
}

interface SectionFiguresProps {
  section: Section;
  onChange: (section: Section) => void;
}

/** The figures of a section, which can be taken out. */
function SectionFigures({ section, onChange }: SectionFiguresProps) {
  const figures = section.figures ?? [];
  return figures.map((figure) => (
    <div key={figure.caption}>
      <FigureView figure={figure} />
      <button
        type="button"
        className="button quiet"
        onClick={() =>
          onChange({ ...section, figures: figures.filter((other) => other !== figure) })
        }
      >
        {t("Take the figure out")}
      </button>
    </div>
  ));
}

interface ExerciseProps {
  heading: string;
  exercises: readonly Exercise[];
  onChange: (exercises: Exercise[]) => void;
}

/** Edits problems with their solutions. */
export function ExerciseParts({ heading, exercises, onChange }: ExerciseProps) {
  return (
    <section className="panel" aria-labelledby="exercise-parts-heading">
      <h2 id="exercise-parts-heading">{heading}</h2>
      <div className="form wide">
        <PartList
          name={t("Exercise")}
          parts={exercises}
          onChange={onChange}
          make={() => ({ id: freeId("exercise", exercises), problem: "", solution: "" })}
          isRegenerable
        >
          {(exercise, set) => (
            <>
              <ProseField
                label={t("Problem")}
                required
                value={exercise.problem}
                onChange={(problem) => set({ ...exercise, problem })}
              />
              <ProseField
                label={t("Solution")}
                required
                value={exercise.solution}
                onChange={(solution) => set({ ...exercise, solution })}
              />
            </>
          )}
        </PartList>
      </div>
    </section>
  );
}

interface GlossaryProps {
  entries: readonly GlossaryEntry[];
  onChange: (entries: GlossaryEntry[]) => void;
}

/** Edits terms and what they mean; a term is its own name, so these have no ids. */
export function GlossaryParts({ entries, onChange }: GlossaryProps) {
  return (
    <section className="panel" aria-labelledby="glossary-parts-heading">
      <h2 id="glossary-parts-heading">{t("Terms")}</h2>
      <div className="form wide">
        {entries.map((entry, n) => (
          // Terms are typed over; only their place stays.
          // oxlint-disable-next-line react/no-array-index-key
          <fieldset key={n} className="part">
            <legend>{t("Term {n}", { n: n + 1 })}</legend>
            <Field
              label={t("Term")}
              required
              maxLength={500}
              value={entry.term}
              onChange={(term) => onChange(changed(entries, n, { ...entry, term }))}
            />
            <ProseField
              label={t("Meaning")}
              required
              rows={2}
              value={entry.definition}
              onChange={(definition) => onChange(changed(entries, n, { ...entry, definition }))}
            />
            <div className="row-actions">
              <button
                type="button"
                className="button quiet"
                aria-label={t("Take out: Term {n}", { n: n + 1 })}
                onClick={() => onChange(entries.filter((other) => other !== entry))}
              >
                {t("Take out")}
              </button>
            </div>
          </fieldset>
        ))}
        <button
          type="button"
          className="button"
          onClick={() => onChange([...entries, { term: "", definition: "" }])}
        >
          {t("Add: term")}
        </button>
      </div>
    </section>
  );
}
