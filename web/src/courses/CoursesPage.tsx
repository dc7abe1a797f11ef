import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, body } from "../api/client";
import { useTitle } from "../session/session";
import { Problem } from "../shell/Problem";
import { TopBar } from "../shell/TopBar";

export function CoursesPage() {
  useTitle("Courses");
  const courses = useQuery({
    queryKey: ["courses"],
    queryFn: () =>
      body(api.GET("/api/v1/courses", { params: { query: { size: 100, sort: "title" } } })),
  });

  return (
    <>
      <TopBar />
      <main className="courses">
        <h1>Courses</h1>
        {courses.isPending && <CourseSkeletons />}
        {courses.isError && (
          <Problem error={courses.error} onRetry={() => void courses.refetch()} />
        )}
        {courses.data?.items.length === 0 && (
          <p className="empty-state">
            You are not enrolled in a course yet. Ask your teacher to add you.
          </p>
        )}
        <ul className="course-grid">
          {courses.data?.items.map((course) => (
            <li key={course.id}>
              <Link to={`/courses/${course.slug}`} className="course-card">
                <h2>{course.title}</h2>
                <p>{course.description || "No description yet."}</p>
                <footer>
                  <span className="chip">{course.difficulty}</span>
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
      </main>
    </>
  );
}

function CourseSkeletons() {
  return (
    <div className="course-grid" role="status" aria-label="Loading courses">
      <div className="course-card skeleton" />
      <div className="course-card skeleton" />
    </div>
  );
}
