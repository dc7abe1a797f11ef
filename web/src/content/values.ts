/** Content as the API keeps it, by kind. Learners' quizzes come without keys. */

export interface SourceSpan {
  document_id: string;
  document_version: number;
  document_title: string;
  chunk_id: number | null;
  place: string;
  char_start: number;
  char_end: number;
  quote: string;
}

interface Sourced {
  sources?: SourceSpan[];
}

export interface Objective {
  id: string;
  text: string;
}

export interface Section extends Sourced {
  id: string;
  heading: string;
  body: string;
  objectives?: string[];
  figures?: Figure[];
}

export interface WorkedExample extends Sourced {
  id: string;
  problem: string;
  steps: string[];
  answer: string;
}

export interface Exercise extends Sourced {
  id: string;
  problem: string;
  solution: string;
}

export interface GlossaryEntry extends Sourced {
  term: string;
  definition: string;
}

export interface PartsLesson {
  title: string;
  language: string;
  objectives: Objective[];
  sections: Section[];
  examples: WorkedExample[];
  exercises: Exercise[];
  glossary: GlossaryEntry[];
  summary: string;
}

export interface MarkdownLesson {
  title: string;
  summary: string;
  markdown: string;
}

export type Lesson = PartsLesson | MarkdownLesson;

export interface StudyGuide {
  title: string;
  language: string;
  sections: Section[];
  glossary: GlossaryEntry[];
  questions: Exercise[];
}

export interface Flashcard extends Sourced {
  id: string;
  front: string;
  back: string;
  concepts?: string[];
}

export interface Deck {
  title: string;
  language: string;
  cards: Flashcard[];
}

export interface Table {
  header: string[];
  rows: string[][];
}

export interface Plot {
  x_label: string;
  y_label: string;
  points: [number, number][];
}

/** A picture of the material that content carries within itself. */
export interface Figure {
  png: string;
  caption: string;
  width: number;
  height: number;
}

export interface Slide extends Sourced {
  id: string;
  heading: string;
  points: string[];
  formula: string;
  code: { language: string; text: string } | null;
  table: Table | null;
  plot: Plot | null;
  figure: Figure | null;
  narration: string[];
}

/** Also the storyboard of a video, whose slides are its scenes. */
export interface SlideDeck {
  title: string;
  language: string;
  theme: "light" | "dark";
  slides: Slide[];
  voice?: string;
}

export function hasParts(lesson: Lesson): lesson is PartsLesson {
  return "sections" in lesson;
}
