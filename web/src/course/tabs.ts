import type { components } from "../api/schema";
import type { Tab } from "../shell/Tabs";
import { t } from "../words/words";

type Permission = components["schemas"]["Permission"];

interface CourseTab {
  /** Below the course's own address; "" is that address. */
  path: string;
  label: string;
  /** Where else below the course it is shown as the place where one is. */
  holds?: readonly string[];
  /** What one must be allowed to do in the course to be shown it. */
  needs: Permission;
}

/** The views of a course, in the order in which they are shown. */
export const COURSE_TABS: readonly CourseTab[] = [
  { path: "", label: t("Chat"), holds: ["conversations"], needs: "read" },
  {
    path: "lessons",
    label: t("Lessons"),
    holds: ["study-guides", "slide-decks"],
    needs: "read",
  },
  { path: "quizzes", label: t("Quizzes"), needs: "read" },
  { path: "cards", label: t("Cards"), holds: ["decks"], needs: "read" },
  { path: "videos", label: t("Videos"), needs: "read" },
  { path: "progress", label: t("Progress"), needs: "read" },
  { path: "make", label: t("Make"), needs: "edit" },
  { path: "materials", label: t("Materials"), needs: "edit" },
  { path: "insights", label: t("Insights"), needs: "review" },
  { path: "people", label: t("People"), needs: "review" },
  { path: "tutor", label: t("Tutor"), needs: "edit" },
  { path: "settings", label: t("Course"), needs: "manage" },
];

/** The tabs that a person with these permissions sees; a single one needs no choice. */
export function tabsOf(course: string, permissions: readonly Permission[]): Tab[] {
  const allowed = COURSE_TABS.filter((tab) => permissions.includes(tab.needs));
  if (allowed.length < 2) return [];
  return allowed.map(({ path, label, holds = [] }) => ({
    to: path === "" ? `/courses/${course}` : `/courses/${course}/${path}`,
    label,
    end: path === "",
    holds: holds.map((other) => `/courses/${course}/${other}`),
  }));
}
