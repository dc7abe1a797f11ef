import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { moment } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";

type Delivery = components["schemas"]["WebhookDeliveryRead"];

const LOOK_AGAIN_MS = 3_000;
const STATUS_WORDS: Readonly<Record<Delivery["status"], string>> = {
  waiting: t("waits"),
  delivered: t("delivered"),
  failed: t("given up"),
};
const STATUS_CLASSES: Readonly<Record<Delivery["status"], string>> = {
  waiting: "pending",
  delivered: "ready",
  failed: "failed",
};

/** The latest messages to a webhook, and what became of each. */
export function DeliveryLog({ webhookId }: { webhookId: string }) {
  const log = useQuery({
    queryKey: ["deliveries", webhookId],
    refetchInterval: LOOK_AGAIN_MS,
    queryFn: () =>
      body(
        api.GET("/api/v1/webhooks/{webhook_id}/deliveries", {
          params: { path: { webhook_id: webhookId }, query: { size: 20 } },
        }),
      ),
  });
  if (log.isError) return <Problem error={log.error} onRetry={() => void log.refetch()} />;
  if (log.data === undefined) return <Loading what={t("the log")} rows={1} />;
  if (log.data.items.length === 0) {
    return <p className="fine-print">{t("Nothing was sent yet.")}</p>;
  }
  return (
    <ul className="plain-rows">
      {log.data.items.map((delivery) => (
        <DeliveryRow key={delivery.id} webhookId={webhookId} delivery={delivery} />
      ))}
    </ul>
  );
}

function DeliveryRow({ webhookId, delivery }: { webhookId: string; delivery: Delivery }) {
  const queries = useQueryClient();
  const resend = useMutation({
    mutationFn: () =>
      api.POST("/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/resend", {
        params: { path: { webhook_id: webhookId, delivery_id: delivery.id } },
      }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["deliveries", webhookId] }),
  });
  return (
    <li className="wrapping">
      <div className="row-text">
        <p className="row-title">
          {delivery.kind}
          <span className={`chip state ${STATUS_CLASSES[delivery.status]}`}>
            {STATUS_WORDS[delivery.status]}
          </span>
        </p>
        <p className="fine-print">
          {moment(delivery.created_at)}
          {delivery.response_status !== null && ` · ${delivery.response_status}`}
          {delivery.attempts > 1 && ` · ${t("{attempts} attempts", { attempts: delivery.attempts })}`}
        </p>
        {delivery.error !== null && <p className="reason">{delivery.error}</p>}
        <details className="more">
          <summary>{t("Message")}</summary>
          <pre className="mail">{delivery.body}</pre>
        </details>
      </div>
      {delivery.status !== "waiting" && (
        <button
          type="button"
          className="button quiet"
          disabled={resend.isPending}
          onClick={() => resend.mutate()}
        >
          {t("Send again")}
        </button>
      )}
    </li>
  );
}
