import { FigureView } from "../content/FigureView";
import { Prose } from "../content/Prose";
import { ProseLine } from "../content/Prose";
import { SourceList } from "../content/SourceList";
import {
  type Exercise,
  type GlossaryEntry,
  hasParts,
  type Lesson,
  type Section,
  type StudyGuide,
  type WorkedExample,
} from "../content/values";
import { t } from "../words/words";

/** A lesson to read, part by part, each with what it stands on. */
export function LessonText({ lesson }: { lesson: Lesson }) {
  if (!hasParts(lesson)) {
    return (
      <article className="reading">
        {lesson.summary !== "" && <Prose text={lesson.summary} />}
        <Prose text={lesson.markdown || t("*Nothing is written yet.*")} />
      </article>
    );
  }
  return (
    <article className="reading">
      {lesson.objectives.length > 0 && (
        <section aria-labelledby="objectives-heading" className="objectives">
          <h2 id="objectives-heading">{t("What you will be able to do")}</h2>
          <ul>
            {lesson.objectives.map((objective) => (
              <li key={objective.id}>
                <ProseLine text={objective.text} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <Sections sections={lesson.sections} />
      {lesson.examples.map((example, n) => (
        <Example key={example.id} example={example} number={n + 1} />
      ))}
      <Exercises heading={t("Exercises")} exercises={lesson.exercises} />
      <Glossary entries={lesson.glossary} />
      {lesson.summary !== "" && (
        <section aria-labelledby="summary-heading">
          <h2 id="summary-heading">{t("In short")}</h2>
          <Prose text={lesson.summary} />
        </section>
      )}
    </article>
  );
}

/** A study guide to read: key points, terms, and questions to ask oneself. */
export function StudyGuideText({ guide }: { guide: StudyGuide }) {
  return (
    <article className="reading">
      <Sections sections={guide.sections} />
      <Glossary entries={guide.glossary} />
      <Exercises heading={t("Questions to ask yourself")} exercises={guide.questions} />
    </article>
  );
}

function Sections({ sections }: { sections: readonly Section[] }) {
  return sections.map((section) => (
    <section key={section.id} aria-labelledby={`part-${section.id}`}>
      <h2 id={`part-${section.id}`}>
        <ProseLine text={section.heading} />
      </h2>
      <Prose text={section.body} />
      {(section.figures ?? []).map((figure) => (
        <FigureView key={figure.caption} figure={figure} />
      ))}
      <SourceList sources={section.sources} />
    </section>
  ));
}

function Example({ example, number }: { example: WorkedExample; number: number }) {
  return (
    <section aria-labelledby={`part-${example.id}`} className="worked-example">
      <h2 id={`part-${example.id}`}>{t("Worked example {number}", { number })}</h2>
      <Prose text={example.problem} />
      <ol>
        {example.steps.map((step) => (
          <li key={step}>
            <Prose text={step} />
          </li>
        ))}
      </ol>
      <p className="fine-print">{t("Answer")}</p>
      <Prose text={example.answer} />
      <SourceList sources={example.sources} />
    </section>
  );
}

interface ExercisesProps {
  heading: string;
  exercises: readonly Exercise[];
}

function Exercises({ heading, exercises }: ExercisesProps) {
  if (exercises.length === 0) return null;
  return (
    <section aria-labelledby="exercises-heading">
      <h2 id="exercises-heading">{heading}</h2>
      <ol className="exercises">
        {exercises.map((exercise) => (
          <li key={exercise.id}>
            <Prose text={exercise.problem} />
            <details className="more">
              <summary>{t("Show the solution")}</summary>
              <Prose text={exercise.solution} />
              <SourceList sources={exercise.sources} />
            </details>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Glossary({ entries }: { entries: readonly GlossaryEntry[] }) {
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby="glossary-heading">
      <h2 id="glossary-heading">{t("Terms")}</h2>
      <dl className="glossary">
        {entries.map((entry) => (
          <div key={entry.term}>
            <dt>
              <ProseLine text={entry.term} />
            </dt>
            <dd>
              <Prose text={entry.definition} />
              <SourceList sources={entry.sources} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
