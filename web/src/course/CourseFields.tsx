import type { components } from "../api/schema";
import { Field } from "../session/Field";
import { SelectField } from "../shell/SelectField";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";
import type { Course } from "./useCourse";

type CourseCreate = components["schemas"]["CourseCreate"];

/** What a person writes of a course, as the form holds it. */
export interface CourseDraft {
  title: string;
  description: string;
  difficulty: Course["difficulty"];
  language: string;
  tags: string;
  questions: string;
}

export const EMPTY_COURSE: CourseDraft = {
  title: "",
  description: "",
  difficulty: "beginner",
  language: "en",
  tags: "",
  questions: "",
};

const DIFFICULTIES = [
  ["beginner", t("Beginner")],
  ["intermediate", t("Intermediate")],
  ["advanced", t("Advanced")],
] as const;

const LANGUAGES = [
  ["en", t("English")],
  ["hi", t("Hindi")],
] as const;

export function draftOf(course: Course): CourseDraft {
  return {
    title: course.title,
    description: course.description,
    difficulty: course.difficulty,
    language: course.language,
    tags: course.tags.join(", "),
    questions: course.suggested_questions.join("\n"),
  };
}

/** A draft in the form that the API takes. */
export function courseOf(draft: CourseDraft): CourseCreate {
  return {
    title: draft.title.trim(),
    description: draft.description.trim(),
    difficulty: draft.difficulty,
    language: draft.language,
    tags: parts(draft.tags, ","),
    suggested_questions: parts(draft.questions, "\n"),
  };
}

function parts(text: string, separator: string): string[] {
  const all = text.split(separator).map((part) => part.trim());
  return [...new Set(all.filter((part) => part !== ""))];
}

interface Props {
  draft: CourseDraft;
  onChange: (draft: CourseDraft) => void;
}

/** The lines in which a course is described. */
export function CourseFields({ draft, onChange }: Props) {
  const change = (part: Partial<CourseDraft>) => onChange({ ...draft, ...part });
  const languages = LANGUAGES.some(([code]) => code === draft.language)
    ? LANGUAGES
    : [...LANGUAGES, [draft.language, draft.language] as const];
  return (
    <>
      <Field
        label={t("Title")}
        required
        maxLength={200}
        value={draft.title}
        onChange={(title) => change({ title })}
      />
      <TextField
        label={t("Description")}
        rows={3}
        maxLength={10_000}
        value={draft.description}
        onChange={(description) => change({ description })}
      />
      <div className="field-row">
        <SelectField
          label={t("Difficulty")}
          options={DIFFICULTIES}
          value={draft.difficulty}
          onChange={(difficulty) => change({ difficulty })}
        />
        <SelectField<string>
          label={t("Language of the material")}
          options={languages}
          value={draft.language}
          onChange={(language) => change({ language })}
        />
      </div>
      <Field
        label={t("Tags")}
        hint={t("Separated by commas.")}
        value={draft.tags}
        onChange={(tags) => change({ tags })}
      />
      <TextField
        label={t("Questions to suggest")}
        hint={t("One in each line; learners see them before their first question.")}
        rows={3}
        value={draft.questions}
        onChange={(questions) => change({ questions })}
      />
    </>
  );
}
