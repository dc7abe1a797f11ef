import type { components } from "../api/schema";
import { t } from "../words/words";

export type CourseRole = components["schemas"]["EnrollmentRead"]["role"];
export type SchoolRole = components["schemas"]["UserRead"]["role"];

/** Roles in a course, as they are shown. */
export const COURSE_ROLES: readonly (readonly [CourseRole, string])[] = [
  ["learner", t("Learner")],
  ["assistant", t("Assistant")],
  ["teacher", t("Teacher")],
  ["owner", t("Owner")],
];

/** Roles in the school, as they are shown. */
export const SCHOOL_ROLES: readonly (readonly [SchoolRole, string])[] = [
  ["student", t("Learner")],
  ["teacher", t("Teacher")],
  ["admin", t("Administrator")],
];
