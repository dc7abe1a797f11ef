import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, body } from "../api/client";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";

/** Courses that were put away, each with the way back; nothing while there are none. */
export function ArchivedCourses() {
  const queries = useQueryClient();
  const notify = useNotify();
  const archived = useQuery({
    queryKey: ["courses", "archived"],
    queryFn: () =>
      body(
        api.GET("/api/v1/courses", {
          params: { query: { deleted: true, size: 100, sort: "title" } },
        }),
      ),
  });
  const restore = useMutation({
    mutationFn: (course: { id: string; title: string }) =>
      api.POST("/api/v1/courses/{course}/restore", { params: { path: { course: course.id } } }),
    onSuccess: (_, course) => notify(t("“{title}” is back.", { title: course.title })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["courses"] }),
  });
  if (archived.data === undefined || archived.data.items.length === 0) return null;
  return (
    <details className="archived">
      <summary>{t("Archived courses ({amount})", { amount: archived.data.items.length })}</summary>
      {restore.isError && <Problem error={restore.error} />}
      <ul className="plain-rows">
        {archived.data.items.map((course) => (
          <li key={course.id}>
            <span>{course.title}</span>
            <button
              type="button"
              className="button"
              disabled={restore.isPending}
              onClick={() => restore.mutate(course)}
            >
              {t("Restore")}
              <span className="visually-hidden"> {course.title}</span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
