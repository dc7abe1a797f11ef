import { api, body } from "../api/client";
import { Figure } from "../admin/Figure";
import { bytes, count } from "../shell/formats";
import { t } from "../words/words";
import { LiveView } from "./LiveView";
import { Table } from "./Table";
import { duration } from "./times";

/** One process at a glance, and the way to a profile of it. */
export function OverviewView() {
  return (
    <>
      <LiveView
        title={t("Process")}
        name={["overview"]}
        read={() => body(api.GET("/api/v1/admin/debug"))}
      >
        {({ figures, lag, pool, connections, requests }) => (
          <>
            <dl className="figures">
              <Figure name={t("Memory")} value={bytes(figures.resident_bytes)} />
              <Figure name={t("Most memory so far")} value={bytes(figures.peak_bytes)} />
              <Figure name={t("Processor time")} value={duration(figures.cpu_seconds)} />
              <Figure name={t("Tasks")} value={count(figures.tasks)} />
              <Figure name={t("Threads")} value={count(figures.threads)} />
              <Figure name={t("Open files")} value={count(figures.open_files)} />
              <Figure name={t("Requests so far")} value={count(requests)} />
              <Figure name={t("Loop late, typically")} value={duration(lag.mean_seconds)} />
              <Figure name={t("Loop late, 99 of 100")} value={duration(lag.p99_seconds)} />
              <Figure name={t("Loop late, at most")} value={duration(lag.max_seconds)} />
              <Figure
                name={t("Database connections in use")}
                value={t("{used} of {limit}", { used: count(pool.in_use), limit: count(pool.limit) })}
              />
              <Figure name={t("Connections free")} value={count(pool.idle)} />
            </dl>
            <h3>{t("Connections of all processes")}</h3>
            <Table
              label={t("Connections of all processes")}
              heads={[t("State"), t("Connections"), t("Longest transaction")]}
              empty={t("The database does not answer.")}
              rows={(connections ?? []).map((one) => ({
                key: one.state,
                cells: [one.state, count(one.connections), duration(one.longest_seconds)],
              }))}
            />
          </>
        )}
      </LiveView>
      <Profile />
    </>
  );
}

function Profile() {
  return (
    <section className="panel" aria-labelledby="profile-heading">
      <h2 id="profile-heading">{t("Profile")}</h2>
      <p>
        {t(
          "Shows where the process that answers spends the next seconds. The page opens in a new tab once they are over.",
        )}
      </p>
      <p className="form-actions">
        {[5, 15, 30].map((seconds) => (
          <a
            key={seconds}
            className="button"
            href={`/api/v1/admin/debug/profile?seconds=${seconds}`}
            target="_blank"
            rel="noreferrer"
          >
            {t("{seconds} seconds", { seconds })}
          </a>
        ))}
      </p>
    </section>
  );
}
