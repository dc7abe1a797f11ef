import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { api, body } from "../api/client";
import { t } from "../words/words";

const LOOK_AGAIN_MS = 30_000;
const COUNTED_AT_MOST = 100;

// Who opens it waits a moment; the first view does not.
const NoticeList = lazy(async () => ({ default: (await import("./NoticeList")).NoticeList }));

/** How many notices are unread, and the way to them. */
export function Bell() {
  const [isOpen, setOpen] = useState(false);
  const counted = useQuery({
    queryKey: ["unread-notices"],
    queryFn: () => body(api.GET("/api/v1/users/me/notifications/unread")),
    refetchInterval: LOOK_AGAIN_MS,
    retry: false,
  });
  const unread = counted.data?.unread ?? 0;
  const words = unread === 0 ? t("Notices") : t("Notices, {unread} unread", { unread });
  return (
    <>
      <button
        type="button"
        className="button quiet icon bell"
        aria-label={words}
        title={words}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
          <path
            d="M12 3a6 6 0 0 0-6 6v4l-2 3h16l-2-3V9a6 6 0 0 0-6-6zm-2 16a2 2 0 0 0 4 0"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.8"
            strokeLinejoin="round"
          />
        </svg>
        {unread > 0 && (
          <span className="unread" aria-hidden="true">
            {unread < COUNTED_AT_MOST ? unread : "99+"}
          </span>
        )}
      </button>
      {isOpen && (
        <Suspense fallback={null}>
          <NoticeList onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
