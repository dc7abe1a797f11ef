import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { Field } from "../session/Field";
import { useSubmit } from "../session/useSubmit";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { DeliveryLog } from "./DeliveryLog";

type Webhook = components["schemas"]["WebhookRead"];
type Made = components["schemas"]["MadeWebhookRead"];
type Kind = components["schemas"]["EventKind"];

const KINDS: readonly (readonly [Kind, string])[] = [
  ["job.succeeded", t("jobs that are done")],
  ["job.failed", t("jobs that failed")],
  ["content.published", t("content published")],
  ["answer.corrected", t("answers corrected")],
  ["grade.changed", t("grades set")],
  ["appeal.decided", t("appeals decided")],
];

const ADDRESS_START = "https://";

/** Other systems that are told of what happens in a course, or (null) in all of them. */
export function Webhooks({ courseId }: { courseId: string | null }) {
  const key = ["webhooks", courseId];
  const webhooks = useQuery({
    queryKey: key,
    queryFn: () =>
      courseId === null
        ? body(api.GET("/api/v1/admin/webhooks"))
        : body(
            api.GET("/api/v1/courses/{course}/webhooks", {
              params: { path: { course: courseId } },
            }),
          ),
  });
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: key });
  const [made, setMade] = useState<Made | null>(null);
  return (
    <section className="panel" aria-labelledby="webhooks-heading">
      <h2 id="webhooks-heading">{courseId === null ? t("Of all courses") : t("Webhooks")}</h2>
      <p className="fine-print">
        {t(
          "Other systems are told of what happens, in signed messages that are tried again for three days.",
        )}
      </p>
      {webhooks.isPending && <Loading what={t("the webhooks")} rows={1} />}
      {webhooks.isError && (
        <Problem error={webhooks.error} onRetry={() => void webhooks.refetch()} />
      )}
      {made !== null && (
        <p className="notice" role="status">
          {t("The secret of {url}, shown this once:", { url: made.url })}{" "}
          <code>{made.secret}</code>
        </p>
      )}
      <ul className="plain-rows">
        {webhooks.data?.items.map((webhook) => (
          <WebhookRow key={webhook.id} webhook={webhook} onChange={() => void refresh()} />
        ))}
      </ul>
      <NewWebhook
        courseId={courseId}
        onMade={(one) => {
          setMade(one);
          void refresh();
        }}
      />
    </section>
  );
}

function WebhookRow({ webhook, onChange }: { webhook: Webhook; onChange: () => void }) {
  const [isOpen, setOpen] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const queries = useQueryClient();
  const params = { path: { webhook_id: webhook.id } };
  const act = useMutation({
    mutationFn: (wanted: "test" | "enable") =>
      wanted === "test"
        ? api.POST("/api/v1/webhooks/{webhook_id}/test", { params })
        : api.POST("/api/v1/webhooks/{webhook_id}/enable", { params }),
    onSuccess: () => {
      onChange();
      setOpen(true);
      void queries.invalidateQueries({ queryKey: ["deliveries", webhook.id] });
    },
  });
  const named = <span className="visually-hidden">: {webhook.url}</span>;
  return (
    <li className="wrapping">
      <div className="row-text">
        <p className="row-title">
          {webhook.url}
          {!webhook.is_active && <span className="chip state failed">{t("out of use")}</span>}
        </p>
        <p className="fine-print">
          {webhook.kinds.length === 0
            ? t("everything")
            : KINDS.filter(([kind]) => webhook.kinds.includes(kind))
                .map(([, words]) => words)
                .join(", ")}
        </p>
        <details
          className="more"
          open={isOpen}
          onToggle={(event) => setOpen(event.currentTarget.open)}
        >
          <summary>{t("What was sent")}</summary>
          {isOpen && <DeliveryLog webhookId={webhook.id} />}
        </details>
        <ProblemLine problem={act.error?.message ?? null} />
      </div>
      <div className="row-actions">
        <button
          type="button"
          className="button"
          disabled={act.isPending}
          onClick={() => act.mutate(webhook.is_active ? "test" : "enable")}
        >
          {webhook.is_active ? t("Send a test") : t("Use it again")}
          {named}
        </button>
        <button type="button" className="button quiet" onClick={() => setRemoving(true)}>
          {t("Remove")}
          {named}
        </button>
      </div>
      {isRemoving && (
        <ConfirmDialog
          title={t("Remove this webhook?")}
          act={t("Remove")}
          onConfirm={async () => {
            await api.DELETE("/api/v1/webhooks/{webhook_id}", { params });
            onChange();
          }}
          onClose={() => setRemoving(false)}
        >
          <p>{t("Its log goes with it, and messages that wait are not sent.")}</p>
        </ConfirmDialog>
      )}
    </li>
  );
}

interface NewProps {
  courseId: string | null;
  onMade: (made: Made) => void;
}

function NewWebhook({ courseId, onMade }: NewProps) {
  const [url, setUrl] = useState("");
  const [kinds, setKinds] = useState<readonly Kind[]>([]);
  const { isBusy, problem, submit } = useSubmit(async () => {
    const wanted = { url, kinds: [...kinds] };
    const made = await body(
      courseId === null
        ? api.POST("/api/v1/admin/webhooks", { body: wanted })
        : api.POST("/api/v1/courses/{course}/webhooks", {
            params: { path: { course: courseId } },
            body: wanted,
          }),
    );
    setUrl("");
    setKinds([]);
    onMade(made);
  });
  return (
    <form className="form wide" onSubmit={submit}>
      <Field
        label={t("Address of a new webhook")}
        type="url"
        required
        maxLength={1000}
        placeholder={ADDRESS_START}
        value={url}
        onChange={setUrl}
      />
      <fieldset className="kinds">
        <legend>{t("What it is told of; everything, where nothing is chosen")}</legend>
        {KINDS.map(([kind, words]) => (
          <label key={kind} className="check">
            <input
              type="checkbox"
              checked={kinds.includes(kind)}
              onChange={(event) =>
                setKinds(
                  event.target.checked
                    ? [...kinds, kind]
                    : kinds.filter((chosen) => chosen !== kind),
                )
              }
            />
            {words}
          </label>
        ))}
      </fieldset>
      <ProblemLine problem={problem} />
      <div className="form-actions">
        <button type="submit" className="button primary" disabled={isBusy}>
          {t("Add")}
        </button>
      </div>
    </form>
  );
}
