import { useState } from "react";

import { freeId } from "../content/parts";
import { PartList } from "../content/PartFrame";
import { ProseField } from "../content/ProseField";
import { Field } from "../session/Field";
import { SelectField } from "../shell/SelectField";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";
import { stemParts } from "./answers";
import { KeyFields } from "./KeyFields";
import {
  emptyQuestion,
  KIND_WORDS,
  type Question,
  type QuestionKind,
  type Quiz,
} from "./questions";

const KINDS = Object.entries(KIND_WORDS) as [QuestionKind, string][];
const DIFFICULTIES = [
  ["beginner", t("Beginner")],
  ["intermediate", t("Intermediate")],
  ["advanced", t("Advanced")],
] as const;

interface Props {
  quiz: Quiz;
  onChange: (quiz: Quiz) => void;
}

/** Edits a quiz question by question, each in the form of its kind. */
export function QuizEditor({ quiz, onChange }: Props) {
  const change = (part: Partial<Quiz>) => onChange({ ...quiz, ...part });
  const [kind, setKind] = useState<QuestionKind>("single_choice");
  return (
    <>
      <section className="panel" aria-labelledby="frame-heading">
        <h2 id="frame-heading">{t("Title and introduction")}</h2>
        <div className="form wide">
          <Field
            label={t("Title")}
            required
            maxLength={500}
            value={quiz.title}
            onChange={(title) => change({ title })}
          />
          <ProseField
            label={t("Introduction")}
            rows={2}
            maxLength={10_000}
            value={quiz.introduction}
            onChange={(introduction) => change({ introduction })}
          />
        </div>
      </section>
      <section className="panel" aria-labelledby="questions-heading">
        <h2 id="questions-heading">{t("Questions")}</h2>
        <div className="form wide">
          <PartList
            name={t("Question")}
            parts={quiz.questions}
            onChange={(questions) => change({ questions })}
            make={() => emptyQuestion(kind, freeId("q", quiz.questions))}
            isRegenerable
            least={1}
          >
            {(question, set) => <QuestionFields question={question} onChange={set} />}
          </PartList>
          <SelectField
            label={t("Kind of the question to add")}
            options={KINDS}
            value={kind}
            onChange={setKind}
          />
        </div>
      </section>
    </>
  );
}

interface QuestionProps {
  question: Question;
  onChange: (question: Question) => void;
}

function QuestionFields({ question, onChange }: QuestionProps) {
  return (
    <>
      <ProseField
        label={
          question.kind === "cloze"
            ? t("Text, with {{g1}} for the gap of that name")
            : t("Question ({kind})", { kind: KIND_WORDS[question.kind].toLowerCase() })
        }
        required
        rows={3}
        maxLength={40_000}
        value={question.stem}
        onChange={(stem) => onChange(withStem(question, stem))}
      />
      <KeyFields question={question} onChange={onChange} />
      <TextField
        label={t("Why the key is right, shown after an attempt")}
        rows={2}
        maxLength={10_000}
        value={question.explanation}
        onChange={(explanation) => onChange({ ...question, explanation })}
      />
      <div className="field-row">
        <Field
          label={t("Points")}
          type="number"
          min={0.5}
          max={100}
          step={0.5}
          required
          value={question.points}
          onChange={(points) => onChange({ ...question, points: Number(points) })}
        />
        <SelectField
          label={t("Difficulty")}
          options={DIFFICULTIES}
          value={question.difficulty}
          onChange={(difficulty) => onChange({ ...question, difficulty })}
        />
        <Field
          label={t("Concepts, separated by commas")}
          value={question.concepts.join(", ")}
          onChange={(text) => onChange({ ...question, concepts: parts(text, /,\s*/) })}
        />
      </div>
    </>
  );
}

/** A question with another text; a gap comes and goes with its name in it. */
function withStem(question: Question, stem: string): Question {
  if (question.kind !== "cloze") return { ...question, stem };
  const named = new Set(stemParts(stem).flatMap(({ gap }) => (gap === null ? [] : [gap])));
  const gaps = [...named].map(
    (id) => question.gaps.find((gap) => gap.id === id) ?? { id, accepted: [], options: [] },
  );
  return { ...question, stem, gaps };
}

function parts(text: string, separator: RegExp): string[] {
  return text === "" ? [] : text.split(separator);
}
