import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { counted, moment, percent } from "../shell/formats";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { median } from "./median";
import { Sparkline } from "../shell/Sparkline";

type Deployment = components["schemas"]["DeploymentRead"];
type State = Deployment["health"]["state"];

const STATES: Record<State, { words: string; look: "ok" | "degraded" | "failing" | "off" }> = {
  closed: { words: t("Answers"), look: "ok" },
  half_open: { words: t("On probation"), look: "degraded" },
  open: { words: t("Left alone after failures"), look: "failing" },
  unusable: { words: t("Unusable"), look: "failing" },
  disabled: { words: t("Switched off"), look: "off" },
};

/** A chat model's address and price, how it does, and ways to try it and to switch it off. */
export function DeploymentRow({ deployment }: { deployment: Deployment }) {
  const { name, definition, health, source } = deployment;
  const { words, look } = STATES[health.state];
  return (
    <li className="wrapping">
      <div className="row-text">
        <p className="row-title">
          {name}
          <span className={`chip state ${look}`}>{words}</span>
        </p>
        <p className="fine-print">
          {definition.wire_model} · {definition.provider} · {definition.base_url}
        </p>
        <p className="fine-print">
          {source === "file" ? t("Defined in the models file") : t("Defined here")} ·{" "}
          {t("${input} in, ${output} out for a million tokens", {
            input: definition.price?.input ?? "0",
            output: definition.price?.output ?? "0",
          })}
        </p>
        <Doing health={health} />
      </div>
      <DeploymentActions deployment={deployment} />
    </li>
  );
}

function Doing({ health }: { health: Deployment["health"] }) {
  const typical = median(health.latencies_ms);
  return (
    <>
      <p className="fine-print doing">
        {health.attempts === 0
          ? t("Not asked lately")
          : t("{attempts}, {successShare} well", {
              attempts: counted(health.attempts, t("attempt"), t("attempts")),
              successShare: percent(health.success_share ?? 0),
            })}
        {health.in_flight > 0 && t(", {inFlight} under way", { inFlight: health.in_flight })}
        {typical !== null && (
          <>
            {t(", first word typically after {typical} ms", { typical: Math.round(typical) })}
            <Sparkline values={health.latencies_ms} />
          </>
        )}
      </p>
      {health.reason !== null && <p className="reason">{health.reason}</p>}
      {health.last_error !== null && (
        <p className="fine-print">
          {t("Last failure, {at}: {detail}", {
            at: moment(health.last_error.at),
            detail: health.last_error.detail,
          })}
        </p>
      )}
    </>
  );
}

function DeploymentActions({
  deployment: { name, definition, source },
}: {
  deployment: Deployment;
}) {
  const queries = useQueryClient();
  const path = { path: { name } };
  const refresh = () => queries.invalidateQueries({ queryKey: ["models"] });
  const probe = useMutation({
    mutationFn: () => body(api.POST("/api/v1/admin/models/{name}/probe", { params: path })),
    onSettled: refresh,
  });
  const isEnabled = definition.is_enabled ?? true;
  const turn = useMutation({
    mutationFn: () =>
      api.PUT("/api/v1/admin/models/{name}", {
        params: path,
        body: { ...definition, is_enabled: !isEnabled },
      }),
    onSettled: refresh,
  });
  return (
    <div className="row-actions">
      <button
        type="button"
        className="button"
        disabled={probe.isPending}
        onClick={() => probe.mutate()}
      >
        {probe.isPending ? t("Asking…") : t("Ask for a word")}
        <span className="visually-hidden"> {t("of {name}", { name })}</span>
      </button>
      {source === "database" && (
        <button
          type="button"
          className="button"
          disabled={turn.isPending}
          onClick={() => turn.mutate()}
        >
          {isEnabled ? t("Switch off") : t("Switch on")}
          <span className="visually-hidden"> {name}</span>
        </button>
      )}
      {probe.isSuccess && (
        <p role="status" className="fine-print">
          {probe.data.is_answering
            ? t("It answered after {latencyMs} ms.", {
                latencyMs: Math.round(probe.data.latency_ms),
              })
            : t("It did not answer: {error}", { error: probe.data.error ?? t("no reason given") })}
        </p>
      )}
      <ProblemLine problem={(probe.error ?? turn.error)?.message ?? null} />
    </div>
  );
}
