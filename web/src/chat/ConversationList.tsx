import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, body } from "../api/client";

interface Props {
  course: string;
  current: string | null;
}

/** The person's conversations in this course, newest first. */
export function ConversationList({ course, current }: Props) {
  const conversations = useQuery({
    queryKey: ["conversations", course],
    queryFn: () => body(api.GET("/api/v1/conversations", { params: { query: { course } } })),
  });
  const items = conversations.data?.items ?? [];
  return (
    <nav className="conversations" aria-label="Conversations">
      <Link to={`/courses/${course}`} className="button new-conversation">
        New conversation
      </Link>
      {conversations.isSuccess && items.length === 0 && (
        <p className="fine-print">Your conversations will be listed here.</p>
      )}
      <ul>
        {items.map((conversation) => (
          <li key={conversation.id}>
            <Link
              to={`/courses/${course}/conversations/${conversation.id}`}
              aria-current={conversation.id === current ? "page" : undefined}
            >
              {conversation.title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
