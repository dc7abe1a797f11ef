import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { Link } from "react-router";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { markQuotes } from "./markQuotes";
import { useDebounced } from "./useDebounced";

type Hit = components["schemas"]["HitRead"];

const LONGEST_SEARCH = 200;
const SEARCH_DELAY_MS = 250;

interface Props {
  course: string;
  current: string | null;
}

/** The person's conversations in this course, newest first, or those that hold certain words. */
export function ConversationList({ course, current }: Props) {
  const [words, setWords] = useState("");
  const q = useDebounced(words.trim(), SEARCH_DELAY_MS);
  const conversations = useQuery({
    queryKey: ["conversations", course, q],
    queryFn: () =>
      body(
        api.GET("/api/v1/conversations", {
          params: { query: q === "" ? { course } : { course, q } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
  const items = conversations.data?.items ?? [];
  const isUpToDate = conversations.isSuccess && !conversations.isPlaceholderData;
  const isEmpty = isUpToDate && items.length === 0;

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Escape" || words === "") return;
    event.preventDefault();
    event.stopPropagation();
    setWords("");
  }

  return (
    <nav className="conversations" aria-label={t("Conversations")}>
      <Link to={`/courses/${course}`} className="button new-conversation">
        {t("New conversation")}
      </Link>
      <input
        type="search"
        aria-label={t("Search your conversations")}
        placeholder={t("Search")}
        maxLength={LONGEST_SEARCH}
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {conversations.isError && (
        <Problem error={conversations.error} onRetry={() => void conversations.refetch()} />
      )}
      {isEmpty && q === "" && (
        <p className="fine-print">{t("Your conversations will be listed here.")}</p>
      )}
      <p className={isEmpty ? "fine-print" : "visually-hidden"} role="status">
        {q !== "" && isUpToDate && searchOutcome(q, items.length)}
      </p>
      <ul>
        {items.map((conversation) => (
          <li key={conversation.id}>
            <Link
              to={`/courses/${course}/conversations/${conversation.id}`}
              aria-current={conversation.id === current ? "page" : undefined}
            >
              <Found title={conversation.title} hit={conversation.hit ?? null} />
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function searchOutcome(words: string, found: number): string {
  if (found === 0) return t("No conversation holds “{words}”.", { words });
  return found === 1 ? t("1 conversation found") : t("{found} conversations found", { found });
}

/** A title, and below it where the words stand; in it, where only the title holds them. */
function Found({ title, hit }: { title: string; hit: Hit | null }) {
  if (hit === null) return title;
  const excerpt = markQuotes(hit.text, 0, hit.marks).map((part) =>
    part.isMarked ? <mark key={part.start}>{part.text}</mark> : part.text,
  );
  if (hit.message_id === null) return excerpt;
  return (
    <>
      {title}
      <span className="excerpt">{excerpt}</span>
    </>
  );
}
