import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";

import { api, body } from "../api/client";
import { beforeFirst, type History, withEarlier, withNewest } from "./history";

const read = (conversation: string, leaf: string | null) =>
  body(
    api.GET("/api/v1/conversations/{conversation_id}", {
      params: { path: { conversation_id: conversation }, query: leaf === null ? {} : { leaf } },
    }),
  );

/** One branch of a conversation: the newest messages at once, earlier ones as they are wanted. */
export function useHistory(conversation: string | null, leaf: string | null) {
  const newest = useQuery({
    queryKey: ["conversation", conversation, leaf],
    enabled: conversation !== null,
    queryFn: () => read(conversation ?? "", leaf),
    // The branch before stays in view until the next one is there.
    placeholderData: (shown) => (shown?.id === conversation ? shown : undefined),
  });
  const [known, setKnown] = useState<History | null>(null);
  const data = newest.data;
  useEffect(() => {
    setKnown((before) => {
      if (data === undefined) return null;
      return withNewest(before?.conversation.id === data.id ? before : null, data);
    });
  }, [data]);
  // Until the effect has run, the first frame shows what is there already.
  const isOfThis = known !== null && known.conversation === data;
  const shown = isOfThis ? known : data === undefined ? null : withNewest(known, data);

  const isReading = useRef(false);
  const join = useCallback(
    async (end: string) => {
      if (conversation === null || isReading.current) return;
      isReading.current = true;
      try {
        const earlier = await read(conversation, end);
        setKnown((before) =>
          before?.conversation.id === earlier.id ? withEarlier(before, earlier) : before,
        );
      } finally {
        isReading.current = false;
      }
    },
    [conversation],
  );

  const before = shown === null ? null : beforeFirst(shown);
  const [failed, setFailed] = useState(false);
  const readEarlier = useCallback(() => {
    if (before === null) return;
    setFailed(false);
    join(before).catch(() => setFailed(true));
  }, [before, join]);

  return {
    query: newest,
    messages: shown?.messages ?? [],
    forks: shown?.forks ?? [],
    begunAt: shown?.begunAt ?? null,
    newestLeaf: data?.leaves[0] ?? null,
    hasEarlier: before !== null,
    earlierFailed: failed,
    readEarlier,
    /** Reads one message again, wherever it stands. */
    readAgain: join,
  };
}
