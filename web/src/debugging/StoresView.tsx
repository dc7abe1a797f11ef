import { Figure } from "../admin/Figure";
import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { count, percent } from "../shell/formats";
import { t } from "../words/words";
import { LiveView } from "./LiveView";
import { Table } from "./Table";
import { clock, perhaps } from "./times";

type Redis = components["schemas"]["RedisFiguresRead"];

/** Caches, jobs and WebSockets. */
export function StoresView() {
  return (
    <>
      <LiveView
        title={t("Caches")}
        name={["caches"]}
        read={() => body(api.GET("/api/v1/admin/debug/caches"))}
      >
        {({ answers, reads, redis }) => (
          <>
            <dl className="figures">
              <Figure name={t("Answers given again")} value={shareOf(answersAgain(answers))} />
              <Figure
                name={t("Reads given again")}
                value={shareOf([reads.hits + reads.unchanged, reads.misses])}
              />
              <Figure name={t("Unchanged (304)")} value={count(reads.unchanged)} />
              <Figure name={t("From the cache")} value={count(reads.hits)} />
              <Figure name={t("Read anew")} value={count(reads.misses)} />
              <Figure name={t("Too large to keep")} value={count(reads.too_large)} />
            </dl>
            {redis.map((server) => (
              <RedisServer key={server.name} server={server} />
            ))}
          </>
        )}
      </LiveView>
      <LiveView
        title={t("Jobs")}
        name={["jobs"]}
        read={() => body(api.GET("/api/v1/admin/debug/jobs"))}
      >
        {({ items }) => (
          <Table
            label={t("Jobs")}
            heads={[
              t("Kind"),
              t("Status"),
              t("Count"),
              t("Oldest waits for"),
              t("Mean"),
              t("Slowest"),
              t("Most attempts"),
            ]}
            empty={t("No job waits, works or has ended within a day.")}
            rows={items.map((row) => ({
              key: `${row.kind} ${row.status}`,
              cells: [
                row.kind,
                row.status,
                count(row.jobs),
                perhaps(row.oldest_seconds),
                perhaps(row.mean_seconds),
                perhaps(row.max_seconds),
                count(row.most_attempts),
              ],
            }))}
          />
        )}
      </LiveView>
      <Sockets />
    </>
  );
}

function Sockets() {
  return (
    <LiveView
      title={t("WebSockets")}
      name={["websockets"]}
      read={async () => {
        const [sockets, { process }] = await Promise.all([
          body(api.GET("/api/v1/admin/websockets", { params: { query: { size: 100 } } })),
          body(api.GET("/api/v1/admin/debug/loop")),
        ]);
        return { ...sockets, process };
      }}
    >
      {({ items }) => (
        <Table
          label={t("WebSockets")}
          heads={[t("Opened"), t("Person"), t("Frames in"), t("Frames out"), t("Listens to")]}
          empty={t("None is open.")}
          rows={items.map((socket) => ({
            key: socket.id,
            cells: [
              clock(socket.opened_at),
              <code>{socket.user_id ?? ""}</code>,
              count(socket.frames_in),
              count(socket.frames_out),
              socket.subscriptions.join(", "),
            ],
          }))}
        />
      )}
    </LiveView>
  );
}

function RedisServer({ server }: { server: Redis }) {
  return (
    <>
      <h3>{t("Redis: {name}", { name: server.name })}</h3>
      {!server.is_available && <p className="notice">{t("It does not answer.")}</p>}
      <dl className="figures small">
        <Figure name={t("Keys")} value={count(server.keys)} />
        {Object.entries(server.figures).map(([name, value]) => (
          <Figure
            key={name}
            name={name}
            value={typeof value === "number" ? count(value) : String(value)}
          />
        ))}
      </dl>
    </>
  );
}

function answersAgain(answers: components["schemas"]["CacheStatisticsRead"]): [number, number] {
  return [answers.hits_exact + answers.hits_semantic, answers.misses];
}

function shareOf([again, anew]: [number, number]): string {
  return percent(again + anew === 0 ? 0 : again / (again + anew));
}
