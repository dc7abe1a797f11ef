import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import type { Mode } from "./modes";

type TutorState = components["schemas"]["TutorStateRead"];

/** The ways of learning of a course, and the one of a conversation until another is chosen. */
export function useModes(course: string, conversation: string | null, state?: TutorState) {
  const [chosen, choose] = useState<Mode | null>(null);
  const policy = useQuery({
    queryKey: ["policy", course],
    // Given up with the page: who leaves to put the course away is not told that it is gone.
    queryFn: ({ signal }) =>
      body(api.GET("/api/v1/courses/{course}/policy", { params: { path: { course } }, signal })),
  });
  const kept = state?.mode;
  useEffect(() => {
    // What was chosen is kept with the conversation by now, or belongs to another one.
    if (conversation !== null) choose(null);
  }, [conversation, kept]);
  const modes = policy.data?.modes;
  const allowed = modes?.allowed ?? [];
  const mode = chosen ?? kept ?? modes?.default ?? null;
  return { allowed, mode, choose, rules: modes };
}
