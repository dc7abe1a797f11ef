import { useQuery } from "@tanstack/react-query";

import { api, body } from "../api/client";
import type { components } from "../api/schema";

export type Attempt = components["schemas"]["AttemptRead"];
export type AttemptSummary = components["schemas"]["AttemptSummaryRead"];
export type Grade = components["schemas"]["GradeRead"];
export type Rules = components["schemas"]["QuizRulesRead"];

/** When and how often a quiz may be attempted. */
export function useRules(quizId: string) {
  return useQuery({
    queryKey: ["quiz-rules", quizId],
    queryFn: () =>
      body(api.GET("/api/v1/quizzes/{quiz_id}/rules", { params: { path: { quiz_id: quizId } } })),
  });
}

/** The attempts at a quiz that one may see, the newest first. */
export function useAttempts(quizId: string) {
  return useQuery({
    queryKey: ["attempts", quizId],
    queryFn: () =>
      body(
        api.GET("/api/v1/quizzes/{quiz_id}/attempts", {
          params: { path: { quiz_id: quizId }, query: { size: 100 } },
        }),
      ),
  });
}

export function readAttempt(id: string): Promise<Attempt> {
  const path = { attempt_id: id };
  return body(api.GET("/api/v1/attempts/{attempt_id}", { params: { path } }));
}

/** One attempt with its grades. */
export function useAttempt(id: string) {
  return useQuery({ queryKey: ["attempt", id], queryFn: () => readAttempt(id) });
}
