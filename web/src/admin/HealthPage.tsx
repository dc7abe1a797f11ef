import { useQuery } from "@tanstack/react-query";

import { api, body } from "../api/client";
import { useTitle } from "../session/session";
import { count } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { FailedJobs } from "./FailedJobs";
import { Figure } from "./Figure";

const LOOK_AGAIN_MS = 10_000;
const WORDS = {
  healthy: t("Well"),
  degraded: t("Degraded"),
  unhealthy: t("Failing"),
} as const;
const PARTS: Record<string, string> = {
  database: t("Database"),
  redis: t("Queue and streams"),
  redis_cache: t("Cache"),
  chat_models: t("Chat models"),
  jobs: t("Jobs"),
  disk: t("Room for files"),
};

/** How every part of the system is just now, who is connected, and what has failed lately. */
export function HealthPage() {
  useTitle(t("System health"));
  return (
    <>
      <h1>{t("System health")}</h1>
      <Parts />
      <Connections />
      <FailedJobs />
    </>
  );
}

function Parts() {
  const health = useQuery({
    queryKey: ["health"],
    refetchInterval: LOOK_AGAIN_MS,
    queryFn: () => body(api.GET("/health")),
  });
  if (health.isPending) return <Loading what={t("the parts")} />;
  if (health.isError) {
    return <Problem error={health.error} onRetry={() => void health.refetch()} />;
  }
  return (
    <section className="panel" aria-labelledby="parts-heading">
      <header className="view-head">
        <h2 id="parts-heading">{t("Parts")}</h2>
        <span className={`chip state ${health.data.status}`}>{WORDS[health.data.status]}</span>
      </header>
      <ul className="plain-rows">
        {health.data.checks.map((check) => (
          <li key={check.name}>
            <div className="row-text">
              <p className="row-title">{PARTS[check.name] ?? check.name}</p>
              <p className="fine-print">
                {t("{detail} · {time} ms", { detail: check.detail, time: inMs(check.seconds) })}
              </p>
            </div>
            <span className={`chip state ${check.status}`}>{WORDS[check.status]}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function inMs(seconds: number): string {
  return count(Math.ceil(seconds * 1000));
}

function Connections() {
  const sockets = useQuery({
    queryKey: ["websockets"],
    refetchInterval: LOOK_AGAIN_MS,
    queryFn: () => body(api.GET("/api/v1/admin/websockets", { params: { query: { size: 1 } } })),
  });
  if (sockets.isError) {
    return <Problem error={sockets.error} onRetry={() => void sockets.refetch()} />;
  }
  if (sockets.data === undefined) return null;
  const { open, at_most, opened, refused } = sockets.data;
  return (
    <section className="panel" aria-labelledby="sockets-heading">
      <h2 id="sockets-heading">{t("WebSockets of this process")}</h2>
      <dl className="figures">
        <Figure
          name={t("Open")}
          value={t("{open} of at most {atMost}", { open: count(open), atMost: count(at_most) })}
        />
        <Figure name={t("Opened so far")} value={count(opened)} />
        <Figure name={t("Refused")} value={count(refused)} />
      </dl>
    </section>
  );
}
