import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";

import { api, body } from "../api/client";
import { usePerson, useTitle } from "../session/session";
import { Problem } from "../shell/Problem";
import { TopBar } from "../shell/TopBar";
import { t } from "../words/words";
import { ArchivedCourses } from "./ArchivedCourses";

const CourseCreation = lazy(() =>
  import("../course/CourseCreation").then((file) => ({ default: file.CourseCreation })),
);

const DIFFICULTY_WORDS = {
  beginner: t("beginner"),
  intermediate: t("intermediate"),
  advanced: t("advanced"),
} as const;

export function CoursesPage() {
  useTitle(t("Courses"));
  const { role } = usePerson();
  const [isCreating, setCreating] = useState(false);
  const canTeach = role !== "student";
  const courses = useQuery({
    queryKey: ["courses"],
    queryFn: () =>
      body(api.GET("/api/v1/courses", { params: { query: { size: 100, sort: "title" } } })),
  });

  return (
    <>
      <TopBar />
      <main className="courses">
        <header className="view-head">
          <h1>{t("Courses")}</h1>
          {canTeach && (
            <button type="button" className="button primary" onClick={() => setCreating(true)}>
              {t("New course")}
            </button>
          )}
        </header>
        {courses.isPending && <CourseSkeletons />}
        {courses.isError && (
          <Problem error={courses.error} onRetry={() => void courses.refetch()} />
        )}
        {courses.data?.items.length === 0 && (
          <p className="empty-state">
            {canTeach
              ? t("There is no course yet. Create one, and bring its material in.")
              : t("You are not enrolled in a course yet. Ask your teacher to add you.")}
          </p>
        )}
        <ul className="course-grid">
          {courses.data?.items.map((course) => (
            <li key={course.id}>
              <Link to={`/courses/${course.slug}`} className="course-card">
                <h2>{course.title}</h2>
                <p>{course.description || t("No description yet.")}</p>
                <footer>
                  <span className="chip">{DIFFICULTY_WORDS[course.difficulty]}</span>
                  {course.tags.slice(0, 3).map((tag) => (
                    <span key={tag} className="chip">
                      {tag}
                    </span>
                  ))}
                </footer>
              </Link>
            </li>
          ))}
        </ul>
        {canTeach && <ArchivedCourses />}
      </main>
      {isCreating && (
        <Suspense>
          <CourseCreation onClose={() => setCreating(false)} />
        </Suspense>
      )}
    </>
  );
}

function CourseSkeletons() {
  return (
    <div className="course-grid" role="status" aria-label={t("Loading courses")}>
      <div className="course-card skeleton" />
      <div className="course-card skeleton" />
    </div>
  );
}
