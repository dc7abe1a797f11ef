/** What a teacher wants made, as the form holds it and as the API takes it. */

import type { components } from "../api/schema";
import { microUsd } from "../shell/formats";
import { t } from "../words/words";

type JobCreate = components["schemas"]["JobCreate"];
export type WishKind = JobCreate["kind"];

export interface Wish {
  kind: WishKind;
  topic: string;
  documents: string[];
  lessons: string[];
  level: NonNullable<JobCreate["level"]>;
  language: string;
  length: NonNullable<JobCreate["length"]>;
  count: string;
  style: string;
  theme: NonNullable<JobCreate["theme"]>;
  voice: string;
  budgetDollars: string;
  /** An alias of the installation's chat models; empty: the one for content. */
  model: string;
}

export function emptyWish(level: Wish["level"], language: string): Wish {
  return {
    kind: "quiz",
    topic: "",
    documents: [],
    lessons: [],
    level,
    language,
    length: "medium",
    count: "",
    style: "",
    theme: "light",
    voice: "",
    budgetDollars: "",
    model: "",
  };
}

const KINDS: readonly string[] = [
  "lesson",
  "quiz",
  "flashcards",
  "study_guide",
  "slides",
  "video",
] satisfies WishKind[];

/** What an address asks for, such as `?kind=lesson&topic=Work`; null where it names no topic. */
export function wishOf(address: URLSearchParams): Pick<Wish, "kind" | "topic"> | null {
  const topic = address.get("topic");
  const kind = address.get("kind") ?? "lesson";
  return topic === null || !KINDS.includes(kind) ? null : { kind: kind as WishKind, topic };
}

/** What is counted of a kind; null where it has a length instead. */
export const COUNTED: Readonly<Partial<Record<WishKind, string>>> = {
  quiz: t("Questions"),
  flashcards: t("Cards"),
  slides: t("Slides"),
  video: t("Scenes"),
};

/** Why a wish cannot be sent as it is; null where it can. */
export function lackOf(wish: Wish): string | null {
  if (wish.topic.trim() === "" && wish.documents.length === 0 && wish.lessons.length === 0) {
    return t("Name a topic, or choose documents or lessons to write from.");
  }
  if (wish.count !== "" && !/^([1-9]\d?|100)$/.test(wish.count)) {
    return t("The number must be from 1 to 100.");
  }
  if (wish.budgetDollars !== "" && microUsd(wish.budgetDollars) === null) {
    return t("The budget must be an amount in dollars.");
  }
  return null;
}

export function jobOf(wish: Wish): JobCreate {
  const isCounted = COUNTED[wish.kind] !== undefined;
  return {
    kind: wish.kind,
    topic: wish.topic.trim(),
    document_ids: wish.documents,
    lesson_ids: wish.lessons,
    level: wish.level,
    language: wish.language,
    length: wish.length,
    count: isCounted && wish.count !== "" ? Number(wish.count) : null,
    style: wish.style.trim(),
    theme: wish.theme,
    voice: wish.kind === "video" ? wish.voice.trim() : "",
    budget_micro_usd: wish.budgetDollars === "" ? null : microUsd(wish.budgetDollars),
    // A wish kept by an earlier version of the page has none.
    model: (wish.model ?? "").trim() || null,
    urgency: "usual",
  };
}
