import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, body } from "../api/client";
import { useSession } from "../session/session";
import { moment } from "../shell/formats";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { deviceName } from "./device";

/** Where one is signed in, and ways to end that. */
export function SessionList() {
  const queries = useQueryClient();
  const { reload } = useSession();
  const sessions = useQuery({
    queryKey: ["sessions"],
    queryFn: () => body(api.GET("/api/v1/auth/sessions")),
  });
  const end = useMutation({
    mutationFn: (id: string) =>
      api.DELETE("/api/v1/auth/sessions/{session_id}", { params: { path: { session_id: id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["sessions"] }),
  });
  const endAll = useMutation({
    mutationFn: () => api.DELETE("/api/v1/auth/sessions"),
    onSettled: () => reload(),
  });

  return (
    <section aria-labelledby="sessions-heading" className="card">
      <h2 id="sessions-heading">{t("Where you are signed in")}</h2>
      {sessions.isError && (
        <Problem error={sessions.error} onRetry={() => void sessions.refetch()} />
      )}
      <ul className="session-list">
        {sessions.data?.map((session) => (
          <li key={session.id}>
            <span>
              <strong title={session.device}>{deviceName(session.device)}</strong>
              {session.is_current && <span className="chip">{t("this device")}</span>}
              <span className="fine-print">
                {t("{kind} · {address} · last used {lastUsed}", {
                  kind: session.kind === "tool" ? t("Tool") : t("Browser"),
                  address: session.address,
                  lastUsed: moment(session.last_used_at),
                })}
              </span>
            </span>
            {!session.is_current && (
              <button
                type="button"
                className="button"
                disabled={end.isPending}
                onClick={() => end.mutate(session.id)}
              >
                {t("Sign out")}
                <span className="visually-hidden"> {deviceName(session.device)}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      {end.isError && <Problem error={end.error} />}
      {endAll.isError && <Problem error={endAll.error} />}
      <button
        type="button"
        className="button"
        disabled={endAll.isPending}
        onClick={() => endAll.mutate()}
      >
        {t("Sign out everywhere")}
      </button>
    </section>
  );
}
