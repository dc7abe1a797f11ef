import type { components } from "../api/schema";
import type { AnswerEvent, Citation, Notice, Source } from "./events";
import type { Feedback } from "./Feedback";
import { t, told } from "../words/words";

/** One answer as far as it has arrived. */
export interface Answer {
  messageId: string | null;
  conversationId: string | null;
  text: string;
  sources: Source[];
  citations: Citation[];
  notices: Notice[];
  model: string | null;
  status: "waiting" | "busy" | "streaming" | "reconnecting" | "complete" | "stopped" | "failed";
  problem: string | null;
  feedback: Feedback | null;
  /** What a teacher says in its place, since it was given. */
  correction: components["schemas"]["AnswerCorrectedRead"] | null;
}

export const emptyAnswer: Answer = {
  messageId: null,
  conversationId: null,
  text: "",
  sources: [],
  citations: [],
  notices: [],
  model: null,
  status: "waiting",
  problem: null,
  feedback: null,
  correction: null,
};

/** The answer after one more event. */
export function withEvent(answer: Answer, arrived: AnswerEvent): Answer {
  switch (arrived.event) {
    case "start":
      // A second one begins anew an answer whose first telling was lost with its process.
      return {
        ...emptyAnswer,
        messageId: arrived.data.message_id,
        conversationId: arrived.data.conversation_id,
        model: arrived.data.model,
        status: "streaming",
      };
    case "sources":
      return { ...answer, sources: arrived.data.sources };
    case "delta":
      return { ...answer, text: answer.text + arrived.data.text, status: "streaming" };
    case "notice":
      return { ...answer, notices: [...answer.notices, arrived.data] };
    case "done":
      return {
        ...answer,
        citations: arrived.data.citations,
        model: arrived.data.model,
        status: arrived.data.finish_reason === "stopped" ? "stopped" : "complete",
      };
    case "error":
      return {
        ...answer,
        status: "failed",
        problem: told(
          arrived.data.code,
          arrived.data.detail ?? arrived.data.title ?? t("The answer could not be finished."),
        ),
      };
  }
}

export function isRunning(answer: Answer): boolean {
  return ["waiting", "busy", "streaming", "reconnecting"].includes(answer.status);
}
