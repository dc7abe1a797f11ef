import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { moment } from "../shell/formats";
import { Dialog } from "../shell/Dialog";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { noticeWords } from "./noticeWords";

type Notice = components["schemas"]["NotificationRead"];

const LOOK_AGAIN_MS = 10_000;

/** What one was told, the newest first; what comes while it is open joins it. */
export function NoticeList({ onClose }: { onClose: () => void }) {
  const notices = useInfiniteQuery({
    queryKey: ["notices"],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/users/me/notifications", {
          params: { query: { size: 20, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 0,
    refetchInterval: LOOK_AGAIN_MS,
  });
  const read = useReading();
  const found = notices.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Dialog title={t("Notices")} onClose={onClose}>
      {notices.isPending && <Loading what={t("the notices")} />}
      {notices.isError && (
        <Problem error={notices.error} onRetry={() => void notices.refetch()} />
      )}
      {notices.isSuccess && found.length === 0 && (
        <p className="empty-state">{t("Nothing yet.")}</p>
      )}
      <ul className="plain-rows notices-told">
        {found.map((notice) => (
          <NoticeRow
            key={notice.id}
            notice={notice}
            onOpen={() => {
              read.mutate([notice.id]);
              onClose();
            }}
          />
        ))}
      </ul>
      <div className="form-actions">
        {notices.hasNextPage && (
          <button type="button" className="button" onClick={() => void notices.fetchNextPage()}>
            {t("Show more")}
          </button>
        )}
        {found.some((notice) => notice.read_at === null) && (
          <button
            type="button"
            className="button"
            disabled={read.isPending}
            onClick={() => read.mutate(null)}
          >
            {t("Mark all as read")}
          </button>
        )}
        <button type="button" className="button" onClick={onClose}>
          {t("Close")}
        </button>
      </div>
    </Dialog>
  );
}

function NoticeRow({ notice, onOpen }: { notice: Notice; onOpen: () => void }) {
  return (
    <li className={notice.read_at === null ? "unread-notice" : undefined}>
      <Link className="row-text" to={notice.path} onClick={onOpen}>
        <span className="row-title">{noticeWords(notice)}</span>
        <span className="fine-print">
          {notice.course_title !== null && `${notice.course_title} · `}
          {moment(notice.created_at)}
          {notice.read_at === null && (
            <span className="visually-hidden"> {t("(unread)")}</span>
          )}
        </span>
      </Link>
    </li>
  );
}

function useReading() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (ids: string[] | null) =>
      api.POST("/api/v1/users/me/notifications/read", { body: { ids } }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["notices"] });
      void queries.invalidateQueries({ queryKey: ["unread-notices"] });
    },
  });
}
