import { api, body } from "../api/client";
import { Figure } from "../admin/Figure";
import { count } from "../shell/formats";
import { t } from "../words/words";
import { Frames } from "./Frames";
import { LiveView } from "./LiveView";
import { Table } from "./Table";
import { clock, duration } from "./times";

/** What runs in the event loop, where it waits, and what has held the loop up. */
export function TasksView() {
  return (
    <>
      <LiveView
        title={t("Event loop")}
        name={["loop"]}
        read={() => body(api.GET("/api/v1/admin/debug/loop"))}
      >
        {({ lag, blocks }) => (
          <>
            <dl className="figures">
              <Figure name={t("Loop late, typically")} value={duration(lag.mean_seconds)} />
              <Figure name={t("Loop late, 99 of 100")} value={duration(lag.p99_seconds)} />
              <Figure name={t("Loop late, at most")} value={duration(lag.max_seconds)} />
            </dl>
            <h3>{t("What held it up, the latest first")}</h3>
            <Table
              label={t("What held it up, the latest first")}
              heads={[t("When"), t("Time"), t("Where")]}
              empty={t("Nothing, for a tenth of a second or longer.")}
              rows={blocks.map((block, index) => ({
                key: `${block.at} ${index}`,
                cells: [clock(block.at), duration(block.seconds), <Frames frames={block.stack} />],
              }))}
            />
          </>
        )}
      </LiveView>
      <LiveView
        title={t("Tasks")}
        name={["tasks"]}
        read={() => body(api.GET("/api/v1/admin/debug/tasks"))}
      >
        {({ items }) => (
          <Table
            label={t("Tasks")}
            heads={[t("Count"), t("Coroutine"), t("Waits at")]}
            empty={t("None.")}
            rows={items.map((item, index) => ({
              key: `${item.coroutine} ${index}`,
              cells: [
                count(item.count),
                <code>{item.coroutine}</code>,
                <Frames frames={item.stack} />,
              ],
            }))}
          />
        )}
      </LiveView>
    </>
  );
}
