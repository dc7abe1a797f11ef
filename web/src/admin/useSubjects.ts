import { useQuery } from "@tanstack/react-query";

import { api, body } from "../api/client";

/** Courses and people that a budget can be of, the first hundred of each. */
export function useSubjects() {
  const courses = useQuery({
    queryKey: ["courses", "subjects"],
    queryFn: () =>
      body(api.GET("/api/v1/courses", { params: { query: { size: 100, sort: "title" } } })),
  });
  const users = useQuery({
    queryKey: ["users", "subjects"],
    queryFn: () =>
      body(api.GET("/api/v1/users", { params: { query: { size: 100, sort: "email" } } })),
  });
  const ofCourses = (courses.data?.items ?? []).map(({ id, title }) => [id, title] as const);
  const ofUsers = (users.data?.items ?? []).map(({ id, email }) => [id, email] as const);
  const names = new Map<string, string>([...ofCourses, ...ofUsers]);
  return {
    courses: ofCourses,
    users: ofUsers,
    nameOf: (id: string | null) => (id === null ? undefined : names.get(id)),
  };
}
