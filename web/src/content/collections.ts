/** The kinds of content of a course: how they are called, and where each of them is found. */

import type { components } from "../api/schema";
import { t } from "../words/words";

export type Collection = components["schemas"]["Kept"];
type ContentKind = components["schemas"]["ContentKind"];
type JobKind = components["schemas"]["JobKind"];

interface Kind {
  /** What one of them is called, within a sentence. */
  one: string;
  many: string;
  /** The view of the course that lists them, and what its tab says. */
  list: string;
  listName: string;
  /** The formats it is saved in: how the API calls each, and what people do. */
  formats: readonly (readonly [format: string, words: string])[];
}

const WRITTEN = [
  ["pdf", "PDF"],
  ["docx", t("Word")],
  ["pptx", "PowerPoint"],
  ["epub", t("E-book (EPUB)")],
  ["html", t("Web page")],
  ["md", t("Markdown")],
  ["json", "JSON"],
] as const;

const SLIDES = [
  ["pdf", "PDF"],
  ["pptx", "PowerPoint"],
  ["json", "JSON"],
] as const;

export const KINDS: Readonly<Record<Collection, Kind>> = {
  lessons: {
    one: t("lesson"),
    many: t("lessons"),
    list: "lessons",
    listName: t("Lessons"),
    formats: WRITTEN,
  },
  "study-guides": {
    one: t("study guide"),
    many: t("study guides"),
    list: "lessons",
    listName: t("Lessons"),
    formats: WRITTEN,
  },
  "slide-decks": {
    one: t("slide deck"),
    many: t("slide decks"),
    list: "lessons",
    listName: t("Lessons"),
    formats: SLIDES,
  },
  quizzes: {
    one: t("quiz"),
    many: t("quizzes"),
    list: "quizzes",
    listName: t("Quizzes"),
    formats: [
      ["qti30", "QTI 3.0"],
      ["qti21", "QTI 2.1"],
      ["moodle", "Moodle XML"],
      ["gift", "GIFT"],
      ["h5p", "H5P"],
      ["csv", t("Table (CSV)")],
      ["json", "JSON"],
    ],
  },
  decks: {
    one: t("deck"),
    many: t("decks"),
    list: "cards",
    listName: t("Cards"),
    formats: [
      ["apkg", t("Anki package")],
      ["csv", t("Table (CSV)")],
      ["tsv", t("Table (TSV)")],
      ["json", "JSON"],
    ],
  },
  videos: {
    one: t("video"),
    many: t("videos"),
    list: "videos",
    listName: t("Videos"),
    formats: [
      ["pdf", t("Slides (PDF)")],
      ["pptx", t("Slides (PowerPoint)")],
      ["json", t("Storyboard (JSON)")],
    ],
  },
};

export const COLLECTION_OF_KIND: Readonly<Record<ContentKind, Collection>> = {
  lesson: "lessons",
  quiz: "quizzes",
  deck: "decks",
  study_guide: "study-guides",
  slides: "slide-decks",
  video: "videos",
};

/** Where what a job makes is found; ingestion makes no content. */
export const COLLECTION_OF_JOB: Readonly<Partial<Record<JobKind, Collection>>> = {
  lesson: "lessons",
  quiz: "quizzes",
  flashcards: "decks",
  study_guide: "study-guides",
  slides: "slide-decks",
  video: "videos",
};

export function isCollection(name: string | undefined): name is Collection {
  return name !== undefined && Object.hasOwn(KINDS, name);
}
