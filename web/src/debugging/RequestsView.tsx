import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { bytes, count } from "../shell/formats";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { LiveView } from "./LiveView";
import { Table } from "./Table";
import { clock, duration } from "./times";

type Recorded = components["schemas"]["RecordedRequestRead"];
type Body = components["schemas"]["RecordedBodyRead"];

const KINDS = [
  ["all", t("All")],
  ["failed", t("Refused or failed")],
  ["slow", t("Slower than half a second")],
] as const;
type Kind = (typeof KINDS)[number][0];
const NARROWED: Record<Kind, { status_from?: number; seconds_from?: number }> = {
  all: {},
  failed: { status_from: 400 },
  slow: { seconds_from: 0.5 },
};

/** The last requests with what they cost, and on demand with what was sent and given. */
export function RequestsView() {
  const [kind, setKind] = useState<Kind>("all");
  return (
    <>
      <form className="line-form">
        <SelectField label={t("Requests")} options={KINDS} value={kind} onChange={setKind} />
      </form>
      <LiveView
        title={t("Requests")}
        name={["requests", kind]}
        read={() =>
          body(api.GET("/api/v1/admin/debug/requests", { params: { query: NARROWED[kind] } }))
        }
      >
        {({ items }) => (
          <Table
            label={t("Requests")}
            heads={[
              t("When"),
              t("Request"),
              t("Status"),
              t("Time"),
              t("First byte"),
              t("Statements"),
              t("In the database"),
            ]}
            empty={t("None like that yet.")}
            rows={items.map((item) => ({
              key: `${item.at} ${item.request_id}`,
              cells: [
                clock(item.at),
                <Exchange request={item} />,
                String(item.status),
                duration(item.seconds),
                duration(item.first_byte_seconds),
                <Statements request={item} />,
                duration(item.statement_seconds),
              ],
            }))}
          />
        )}
      </LiveView>
    </>
  );
}

function Statements({ request }: { request: Recorded }) {
  if (request.repeated === null) return <>{count(request.statements)}</>;
  const times = count(request.repeated.count);
  return (
    <details className="frames">
      <summary>
        {count(request.statements)}{" "}
        <span className="chip state degraded">{t("{times} times the same", { times })}</span>
      </summary>
      <code className="statement">{request.repeated.pattern}</code>
    </details>
  );
}

function Exchange({ request }: { request: Recorded }) {
  const query = request.query === "" ? "" : `?${request.query}`;
  return (
    <details className="frames">
      <summary>
        <code>
          {request.method} {request.path}
          {query}
        </code>
      </summary>
      <p className="fine-print">{t("Request {requestId}", { requestId: request.request_id })}</p>
      <Side name={t("Sent")} headers={request.request_headers} content={request.request_body} />
      <Side name={t("Given")} headers={request.response_headers} content={request.response_body} />
    </details>
  );
}

function Side(props: { name: string; headers: Record<string, string>; content: Body | null }) {
  const { name, headers, content } = props;
  return (
    <>
      <h4>{name}</h4>
      <pre>
        {Object.entries(headers)
          .map(([header, value]) => `${header}: ${value}`)
          .join("\n")}
      </pre>
      {content !== null && (
        <>
          <p className="fine-print">
            {bytes(content.byte_size)}
            {content.text === null && ` · ${t("not shown: it may hold what is private, or no text")}`}
          </p>
          {content.text !== null && <pre>{content.text}</pre>}
        </>
      )}
    </>
  );
}
