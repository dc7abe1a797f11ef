import { useInfiniteQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { api, body } from "../api/client";
import { download } from "../api/download";
import type { components } from "../api/schema";
import { Field } from "../session/Field";
import { useTitle } from "../session/session";
import { useSubmit } from "../session/useSubmit";
import { moment } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { auditQuery, type AuditSearch, EVERYTHING } from "./auditQuery";

type AuditEvent = components["schemas"]["AuditEventRead"];

/** Who did what and when, searched and exported. */
export function AuditPage() {
  useTitle(t("Audit"));
  const [search, setSearch] = useState<AuditSearch>(EVERYTHING);
  const events = useInfiniteQuery({
    queryKey: ["audit", search],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/admin/audit", {
          params: {
            query: {
              ...auditQuery(search),
              size: 50,
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
  const found = events.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <h1>{t("Audit")}</h1>
      <AuditSearchForm onSearch={setSearch} />
      <AuditExport search={search} />
      {events.isPending && <Loading what={t("events")} rows={6} />}
      {events.isError && <Problem error={events.error} onRetry={() => void events.refetch()} />}
      {events.isSuccess && found.length === 0 && (
        <p className="empty-state">{t("No event is like that.")}</p>
      )}
      {found.length > 0 && <AuditTable events={found} />}
      {events.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={events.isFetchingNextPage}
          onClick={() => void events.fetchNextPage()}
        >
          {t("Show older ones")}
        </button>
      )}
    </>
  );
}

function AuditSearchForm({ onSearch }: { onSearch: (search: AuditSearch) => void }) {
  const [draft, setDraft] = useState(EVERYTHING);
  const change = (part: Partial<AuditSearch>) => setDraft({ ...draft, ...part });
  function submit(event: FormEvent) {
    event.preventDefault();
    onSearch(draft);
  }
  return (
    <form className="line-form" role="search" onSubmit={submit}>
      <Field
        label={t("E-mail or network address")}
        type="search"
        maxLength={254}
        value={draft.text}
        onChange={(text) => change({ text })}
      />
      <Field
        label={t("Act")}
        placeholder="session.refuse"
        maxLength={60}
        pattern="[a-z_]+(\.[a-z_]+)?"
        title={t("Such as session.refuse, or session for all of that noun")}
        value={draft.action}
        onChange={(action) => change({ action })}
      />
      <Field
        label={t("From the day")}
        type="date"
        value={draft.since}
        onChange={(since) => change({ since })}
      />
      <Field
        label={t("To the day")}
        type="date"
        value={draft.until}
        onChange={(until) => change({ until })}
      />
      <button type="submit" className="button primary">
        {t("Search")}
      </button>
    </form>
  );
}

function AuditExport({ search }: { search: AuditSearch }) {
  const [format, setFormat] = useState("csv");
  const { isBusy, problem, submit } = useSubmit(() => {
    const query = new URLSearchParams({ format, ...auditQuery(search) });
    return download(`/api/v1/admin/audit/export?${query}`, `audit.${format}`);
  });
  return (
    <form className="form-actions" onSubmit={submit}>
      {[
        ["csv", t("Export as CSV")],
        ["json", t("Export as JSON")],
      ].map(([name = "", words]) => (
        <button
          key={name}
          type="submit"
          className="button"
          disabled={isBusy}
          onClick={() => setFormat(name)}
        >
          {words}
        </button>
      ))}
      <ProblemLine problem={problem} />
    </form>
  );
}

function AuditTable({ events }: { events: readonly AuditEvent[] }) {
  return (
    <div className="panel table-scroll" role="region" aria-label={t("Events")} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("When")}</th>
            <th scope="col">{t("Act")}</th>
            <th scope="col">{t("Who")}</th>
            <th scope="col">{t("From where")}</th>
            <th scope="col">{t("Details")}</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.id}>
              <td className="moment">{moment(event.created_at)}</td>
              <td>
                <code>{event.action}</code>
              </td>
              <td>{event.actor_email ?? event.actor_id ?? "nobody"}</td>
              <td>{event.address ?? ""}</td>
              <td className="details">{detailsOf(event)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function detailsOf(event: AuditEvent): string {
  const details = Object.entries(event.details).map(
    ([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return details.join("; ");
}
