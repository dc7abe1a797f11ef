import { useState } from "react";

import { api, body } from "../api/client";
import { count } from "../shell/formats";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { LiveView } from "./LiveView";
import { Table } from "./Table";
import { clock, duration } from "./times";

const ORDERS = [
  ["total", t("Most time in all")],
  ["max", t("Slowest once")],
  ["count", t("Most often")],
  ["repeated", t("Most often in one request")],
] as const;

/** What PostgreSQL is asked, by pattern, and the latest slow statements. */
export function StatementsView() {
  const [order, setOrder] = useState<(typeof ORDERS)[number][0]>("total");
  return (
    <>
      <form className="line-form">
        <SelectField label={t("First")} options={ORDERS} value={order} onChange={setOrder} />
      </form>
      <LiveView
        title={t("Statements")}
        name={["statements", order]}
        read={() =>
          body(api.GET("/api/v1/admin/debug/statements", { params: { query: { order } } }))
        }
      >
        {({ patterns, slow, since }) => (
          <>
            <p className="fine-print">{t("Counted since {time}.", { time: clock(since) })}</p>
            <Table
              label={t("Statements")}
              heads={[
                t("Statement"),
                t("Count"),
                t("In all"),
                t("Mean"),
                t("Slowest"),
                t("In one request"),
                t("Failed"),
              ]}
              empty={t("Nothing was asked yet.")}
              rows={patterns.map((row) => ({
                key: row.pattern,
                cells: [
                  <code className="statement">{row.pattern}</code>,
                  count(row.count),
                  duration(row.total_seconds),
                  duration(row.mean_seconds),
                  duration(row.max_seconds),
                  count(row.most_in_one_request),
                  count(row.failed),
                ],
              }))}
            />
            <h3>{t("Slow ones, the latest first")}</h3>
            <Table
              label={t("Slow ones, the latest first")}
              heads={[t("When"), t("Time"), t("Statement"), t("Request")]}
              empty={t("None took a tenth of a second.")}
              rows={slow.map((one, index) => ({
                key: `${one.at} ${index}`,
                cells: [
                  clock(one.at),
                  duration(one.seconds),
                  <code className="statement">{one.pattern}</code>,
                  <code>{one.request_id}</code>,
                ],
              }))}
            />
          </>
        )}
      </LiveView>
    </>
  );
}
