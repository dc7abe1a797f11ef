import type { components } from "../api/schema";
import { counted } from "../shell/formats";
import { t } from "../words/words";

type Schemas = components["schemas"];
export type CoursePath = Schemas["CoursePathRead"];
export type PathItem = Schemas["PathItemRead"];
export type Streak = Schemas["StreakRead"];
type Why = Schemas["NextStepRead"]["why"];

/** Why something comes next, in a sentence. */
export const WHY: Readonly<Record<Why, string>> = {
  begun: t("You have begun it; finish it while it is fresh."),
  due: t("These would soon be forgotten; a few minutes keep them."),
  in_order: t("It is the next in the order of the course."),
  tried: t("You tried it some time ago; another try now shows what has stayed."),
  weak: t("All is done. What is known least is worth some practice."),
  all_done: t("All is done. Well done!"),
};

/** Where an item of a path is read, watched or taken. */
export function placeOf(slug: string, item: PathItem): string {
  const collections = { lesson: "lessons", video: "videos", quiz: "quizzes" } as const;
  return `/courses/${slug}/${collections[item.kind]}/${item.id}`;
}

/** How regularly somebody learns, with no blame for days off. */
export function streakWords(streak: Streak): string {
  const days = counted(streak.days, t("day"), t("days"));
  if (streak.days === 0) {
    return streak.longest === 0
      ? t("Your first day of learning begins a streak.")
      : t("A new streak begins with your next day. Your longest was {days}.", {
          days: counted(streak.longest, t("day"), t("days")),
        });
  }
  if (streak.is_today_done) return t("{days} of learning, today included.", { days });
  return t("{days} of learning. Today can still be one.", { days });
}

/** Days off that are saved up, where there are any. */
export function freezeWords(streak: Streak): string | null {
  if (streak.freezes === 0) return null;
  return t("{days} off saved up: missing so many breaks nothing.", {
    days: counted(streak.freezes, t("day"), t("days")),
  });
}
