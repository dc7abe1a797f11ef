import { useQuery } from "@tanstack/react-query";

import { api, body } from "../api/client";
import type { components } from "../api/schema";

export type Course = components["schemas"]["CourseRead"];

/** A course by id or slug, with what one may do in it. */
export function useCourse(course: string) {
  return useQuery({
    queryKey: ["course", course],
    queryFn: () => body(api.GET("/api/v1/courses/{course}", { params: { path: { course } } })),
  });
}
