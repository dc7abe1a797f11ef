import { useQuery } from "@tanstack/react-query";

import { api, body } from "../api/client";
import { useTitle } from "../session/session";
import { moment } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";

const LOOK_AGAIN_MS = 5_000;

/** Mails that wait or failed, and those kept where no server sends them. */
export function MailsPage() {
  useTitle(t("Mails"));
  const mails = useQuery({
    queryKey: ["mails"],
    refetchInterval: LOOK_AGAIN_MS,
    queryFn: () => body(api.GET("/api/v1/admin/mails", { params: { query: { size: 50 } } })),
  });
  return (
    <>
      <h1>{t("Mails")}</h1>
      {mails.isPending && <Loading what={t("mails")} />}
      {mails.isError && <Problem error={mails.error} onRetry={() => void mails.refetch()} />}
      {mails.data?.items.length === 0 && (
        <p className="empty-state">{t("No mail waits or has failed.")}</p>
      )}
      {mails.data?.items.map((mail) => (
        <article key={mail.id} className="panel">
          <h2>{mail.subject ?? mail.kind.replace("_", " ")}</h2>
          <p className="fine-print">
            {t("To {recipient}", { recipient: mail.recipient })} · {moment(mail.created_at)} ·{" "}
            {mail.ended_at === null
              ? t("waits")
              : mail.error === null
                ? t("kept here")
                : t("given up")}
          </p>
          {mail.error !== null && <p className="problem">{mail.error}</p>}
          {mail.body !== null && <pre className="mail">{mail.body}</pre>}
        </article>
      ))}
    </>
  );
}
