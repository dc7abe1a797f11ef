import { useEffect, useRef } from "react";
import { useSearchParams } from "react-router";

import { api, body } from "../api/client";
import { ApiProblem } from "../api/problem";
import type { Course } from "../course/useCourse";
import { Field } from "../session/Field";
import { useSubmit } from "../session/useSubmit";
import { ProblemLine } from "../shell/ProblemLine";
import { SelectField } from "../shell/SelectField";
import { TextField } from "../shell/TextField";
import { useDraft } from "../shell/useDraft";
import { t } from "../words/words";
import { KindChoice } from "./KindChoice";
import { MaterialPicker } from "./MaterialPicker";
import { COUNTED, emptyWish, jobOf, lackOf, type Wish, wishOf } from "./wish";

const LEVELS = [
  ["beginner", t("Beginner")],
  ["intermediate", t("Intermediate")],
  ["advanced", t("Advanced")],
] as const;
const LANGUAGES = [
  ["en", t("English")],
  ["hi", t("Hindi")],
] as const;
const LENGTHS = [
  ["short", t("Short")],
  ["medium", t("Medium")],
  ["long", t("Long")],
] as const;
const THEMES = [
  ["light", t("Light slides")],
  ["dark", t("Dark slides")],
] as const;

interface Props {
  course: Course;
  onStarted: () => void;
}

/** Says what is to be made, and of which material. */
export function MakeForm({ course, onStarted }: Props) {
  const empty = emptyWish(course.difficulty, course.language);
  const [wish, setWish] = useDraft<Wish>(`make-${course.id}`, empty);
  const change = (part: Partial<Wish>) => setWish({ ...wish, ...part });
  const [address, setAddress] = useSearchParams();
  useEffect(() => {
    const asked = wishOf(address);
    if (asked === null) return;
    change(asked);
    // What was asked for stands in the form now, and is the person's to change.
    setAddress({}, { replace: true });
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [address]);
  // The same wish is one job, however often it is sent; another one begins once it is taken.
  const key = useRef(crypto.randomUUID());
  const { isBusy, problem, submit } = useSubmit(async () => {
    const lack = lackOf(wish);
    if (lack !== null) throw new ApiProblem(0, "invalid", lack);
    await body(
      api.POST("/api/v1/courses/{course}/jobs", {
        params: { path: { course: course.id }, header: { "idempotency-key": key.current } },
        body: jobOf(wish),
      }),
    );
    key.current = crypto.randomUUID();
    onStarted();
    setWish({ ...wish, topic: "", documents: [], lessons: [] });
  });
  return (
    <section className="panel" aria-labelledby="make-heading">
      <h2 id="make-heading">{t("What should be made?")}</h2>
      <form className="form wide" onSubmit={submit}>
        <KindChoice value={wish.kind} onChange={(kind) => change({ kind })} />
        <Field
          label={t("Topic")}
          hint={t(
            "What it is about, in the words of the course. May stay empty where material is chosen below.",
          )}
          maxLength={500}
          value={wish.topic}
          onChange={(topic) => change({ topic })}
        />
        <MaterialPicker courseId={course.id} wish={wish} onChange={change} />
        <Shape wish={wish} courseLanguage={course.language} onChange={change} />
        <ProblemLine problem={problem} />
        <div className="form-actions">
          <button type="submit" className="button primary" disabled={isBusy}>
            {t("Make it")}
          </button>
        </div>
      </form>
    </section>
  );
}

interface ShapeProps {
  wish: Wish;
  courseLanguage: string;
  onChange: (part: Partial<Wish>) => void;
}

function Shape({ wish, courseLanguage, onChange }: ShapeProps) {
  const counted = COUNTED[wish.kind];
  const languages = LANGUAGES.some(([code]) => code === courseLanguage)
    ? LANGUAGES
    : [...LANGUAGES, [courseLanguage, courseLanguage] as const];
  return (
    <>
      <div className="field-row">
        <SelectField
          label={t("Level")}
          options={LEVELS}
          value={wish.level}
          onChange={(level) => onChange({ level })}
        />
        <SelectField<string>
          label={t("Language")}
          options={languages}
          value={wish.language}
          onChange={(language) => onChange({ language })}
        />
        <SelectField
          label={t("Length")}
          options={LENGTHS}
          value={wish.length}
          onChange={(length) => onChange({ length })}
        />
        {counted !== undefined && (
          <Field
            label={counted}
            inputMode="numeric"
            placeholder={t("by length")}
            value={wish.count}
            onChange={(count) => onChange({ count })}
          />
        )}
      </div>
      <details className="more">
        <summary>{t("Style and cost")}</summary>
        <div className="form">
          <TextField
            label={t("Style")}
            hint={t(
              "For instance: with examples from everyday life, in plain words. A chat model follows it; the built-in writer keeps to the words of the material.",
            )}
            rows={2}
            maxLength={500}
            value={wish.style}
            onChange={(style) => onChange({ style })}
          />
          <div className="field-row">
            {(wish.kind === "slides" || wish.kind === "video") && (
              <SelectField
                label={t("Colours")}
                options={THEMES}
                value={wish.theme}
                onChange={(theme) => onChange({ theme })}
              />
            )}
            {wish.kind === "video" && (
              <Field
                label={t("Voice")}
                placeholder={t("the one of the language")}
                maxLength={60}
                value={wish.voice}
                onChange={(voice) => onChange({ voice })}
              />
            )}
            <Field
              label={t("Budget in dollars")}
              inputMode="decimal"
              placeholder={t("no bound of its own")}
              value={wish.budgetDollars}
              onChange={(budgetDollars) => onChange({ budgetDollars })}
            />
            <Field
              label={t("Chat model")}
              placeholder={t("the one for content")}
              maxLength={100}
              value={wish.model ?? ""}
              onChange={(model) => onChange({ model })}
            />
          </div>
        </div>
      </details>
    </>
  );
}
