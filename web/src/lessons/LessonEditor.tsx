import { useDeferredValue } from "react";

import { freeId } from "../content/parts";
import { PartList } from "../content/PartFrame";
import { Prose } from "../content/Prose";
import { ProseField } from "../content/ProseField";
import { hasParts, type Lesson, type MarkdownLesson, type PartsLesson } from "../content/values";
import { Field } from "../session/Field";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";
import { ExerciseParts, GlossaryParts, SectionParts } from "./WrittenParts";

interface Props {
  lesson: Lesson;
  onChange: (lesson: Lesson) => void;
}

/** Edits a lesson: as one text where it is one, else part by part. */
export function LessonEditor({ lesson, onChange }: Props) {
  return hasParts(lesson) ? (
    <PartsEditor lesson={lesson} onChange={onChange} />
  ) : (
    <MarkdownEditor lesson={lesson} onChange={onChange} />
  );
}

interface MarkdownProps {
  lesson: MarkdownLesson;
  onChange: (lesson: MarkdownLesson) => void;
}

function MarkdownEditor({ lesson, onChange }: MarkdownProps) {
  const shown = useDeferredValue(lesson.markdown);
  return (
    <section className="panel" aria-labelledby="text-heading">
      <h2 id="text-heading">{t("Text")}</h2>
      <div className="form wide">
        <Field
          label={t("Title")}
          required
          maxLength={200}
          value={lesson.title}
          onChange={(title) => onChange({ ...lesson, title })}
        />
        <TextField
          label={t("Summary")}
          rows={2}
          maxLength={2_000}
          value={lesson.summary}
          onChange={(summary) => onChange({ ...lesson, summary })}
        />
        <div className="side-by-side">
          <TextField
            label={t("Markdown")}
            hint={t("Formulas between dollar signs: $E = mc^2$.")}
            rows={22}
            maxLength={200_000}
            value={lesson.markdown}
            onChange={(markdown) => onChange({ ...lesson, markdown })}
          />
          <div className="preview" aria-label={t("Preview")} role="region">
            <p className="fine-print">{t("Preview")}</p>
            <Prose text={shown || t("*Nothing is written yet.*")} />
          </div>
        </div>
      </div>
    </section>
  );
}

interface PartsProps {
  lesson: PartsLesson;
  onChange: (lesson: PartsLesson) => void;
}

function PartsEditor({ lesson, onChange }: PartsProps) {
  const change = (part: Partial<PartsLesson>) => onChange({ ...lesson, ...part });
  return (
    <>
      <section className="panel" aria-labelledby="frame-heading">
        <h2 id="frame-heading">{t("Title and objectives")}</h2>
        <div className="form wide">
          <Field
            label={t("Title")}
            required
            maxLength={500}
            value={lesson.title}
            onChange={(title) => change({ title })}
          />
          <PartList
            name={t("Objective")}
            parts={lesson.objectives}
            onChange={(objectives) => change({ objectives })}
            make={() => ({ id: freeId("goal", lesson.objectives), text: "" })}
          >
            {(objective, set) => (
              <Field
                label={t("What a learner can do afterwards")}
                required
                maxLength={500}
                value={objective.text}
                onChange={(text) => set({ ...objective, text })}
              />
            )}
          </PartList>
        </div>
      </section>
      <SectionParts sections={lesson.sections} onChange={(sections) => change({ sections })} />
      <ExampleParts lesson={lesson} onChange={change} />
      <ExerciseParts
        heading={t("Exercises")}
        exercises={lesson.exercises}
        onChange={(exercises) => change({ exercises })}
      />
      <GlossaryParts entries={lesson.glossary} onChange={(glossary) => change({ glossary })} />
      <section className="panel" aria-labelledby="summary-heading">
        <h2 id="summary-heading">{t("Summary")}</h2>
        <div className="form wide">
          <ProseField
            label={t("What to keep in mind")}
            maxLength={10_000}
            value={lesson.summary}
            onChange={(summary) => change({ summary })}
          />
        </div>
      </section>
    </>
  );
}

interface ExampleProps {
  lesson: PartsLesson;
  onChange: (part: Partial<PartsLesson>) => void;
}

function ExampleParts({ lesson, onChange }: ExampleProps) {
  return (
    <section className="panel" aria-labelledby="examples-heading">
      <h2 id="examples-heading">{t("Worked examples")}</h2>
      <div className="form wide">
        <PartList
          name={t("Example")}
          parts={lesson.examples}
          onChange={(examples) => onChange({ examples })}
          make={() => ({
            id: freeId("example", lesson.examples),
            problem: "",
            steps: [""],
            answer: "",
          })}
          isRegenerable
        >
          {(example, set) => (
            <>
              <ProseField
                label={t("Problem")}
                required
                value={example.problem}
                onChange={(problem) => set({ ...example, problem })}
              />
              <ProseField
                label={t("Steps, with an empty line between them")}
                required
                rows={6}
                value={example.steps.join("\n\n")}
                onChange={(text) => set({ ...example, steps: text.split(/\n{2,}/) })}
              />
              <ProseField
                label={t("Answer")}
                required
                rows={2}
                value={example.answer}
                onChange={(answer) => set({ ...example, answer })}
              />
            </>
          )}
        </PartList>
      </div>
    </section>
  );
}
