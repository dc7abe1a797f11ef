import { Tabs } from "../shell/Tabs";
import { t } from "../words/words";
import { tabsOf } from "./tabs";
import type { Course } from "./useCourse";

/** The way between the views of a course: its room while it loads, nothing for a single view. */
export function CourseTabs({ slug, course }: { slug: string; course: Course | undefined }) {
  if (course === undefined) return <div className="tabs" />;
  const tabs = tabsOf(slug, course.permissions);
  if (tabs.length === 0) return null;
  return <Tabs label={t("Views of this course")} tabs={tabs} />;
}
