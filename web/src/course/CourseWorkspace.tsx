import { Suspense } from "react";
import { Outlet, useOutletContext, useParams } from "react-router";

import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { TopBar } from "../shell/TopBar";
import { t } from "../words/words";
import { CourseTabs } from "./CourseTabs";
import { type Course, useCourse } from "./useCourse";

export interface Workspace {
  course: Course;
  /** How the address names the course. */
  slug: string;
}

/** Where a course is worked at: its views but the chat, below the bar that leads between them. */
export function CourseWorkspace() {
  const { course: slug = "" } = useParams();
  const course = useCourse(slug);
  return (
    <>
      <TopBar>{course.data?.title}</TopBar>
      <CourseTabs slug={slug} course={course.data} />
      <main className="workspace">
        {course.isPending && <Loading what={t("the course")} />}
        {course.isError && <Problem error={course.error} onRetry={() => void course.refetch()} />}
        {course.isSuccess && (
          // The bar and the tabs stay while a view comes.
          <Suspense fallback={<Loading what={t("the view")} />}>
            <Outlet context={{ course: course.data, slug } satisfies Workspace} />
          </Suspense>
        )}
      </main>
    </>
  );
}

/** The course that the views below `CourseWorkspace` are of. */
export function useWorkspace(): Workspace {
  return useOutletContext<Workspace>();
}
