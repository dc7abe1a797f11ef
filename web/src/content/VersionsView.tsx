import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { moment } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import type { Collection } from "./collections";
import { useOpenedContent } from "./ContentPage";
import { diffLines } from "./diffLines";

type Version = components["schemas"]["ContentVersionRead"];

/** The versions of content, the newest first, and what each has changed. */
export function VersionsView() {
  const { collection, state } = useOpenedContent();
  const versions = useInfiniteQuery({
    queryKey: ["versions", state.id],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/{collection}/{content_id}/versions", {
          params: {
            path: { collection, content_id: state.id },
            query: { size: 50, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
  const [opened, setOpened] = useState<number | null>(null);
  const found = versions.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = opened ?? found[0]?.number ?? null;
  return (
    <div className="with-aside reversed">
      <section className="panel" aria-labelledby="versions-heading">
        <h2 id="versions-heading">{t("Versions")}</h2>
        {versions.isPending && <Loading what={t("the versions")} />}
        {versions.isError && (
          <Problem error={versions.error} onRetry={() => void versions.refetch()} />
        )}
        <ol className="version-list">
          {found.map((version) => (
            <li key={version.number}>
              <button
                type="button"
                aria-pressed={version.number === shown}
                onClick={() => setOpened(version.number)}
              >
                <span className="row-title">
                  {t("Version {number}", { number: version.number })}
                  {version.number === state.version && (
                    <span className="chip">{t("worked on")}</span>
                  )}
                  {version.number === state.published_version && (
                    <span className="chip state ready">{t("published")}</span>
                  )}
                </span>
                <span className="fine-print">{origin(version)}</span>
              </button>
            </li>
          ))}
        </ol>
        {versions.hasNextPage && (
          <button
            type="button"
            className="button"
            disabled={versions.isFetchingNextPage}
            onClick={() => void versions.fetchNextPage()}
          >
            {t("Show more")}
          </button>
        )}
      </section>
      {shown !== null && (
        <Difference
          key={shown}
          collection={collection}
          id={state.id}
          number={shown}
          parent={found.find((version) => version.number === shown)?.parent ?? null}
          all={found}
        />
      )}
    </div>
  );
}

function origin(version: Version): string {
  const why = version.why === "" ? "" : `, ${version.why}`;
  const by = version.job_id === null ? "edited" : t("written by a job");
  return `${moment(version.created_at)}, ${by}${why}`;
}

interface DifferenceProps {
  collection: Collection;
  id: string;
  number: number;
  parent: number | null;
  all: readonly Version[];
}

function Difference({ collection, id, number, parent, all }: DifferenceProps) {
  const [against, setAgainst] = useState<number | null>(parent);
  const others = all.filter((version) => version.number !== number);
  return (
    <section className="panel" aria-labelledby="diff-heading">
      <header className="view-head">
        <h2 id="diff-heading">{t("What version {number} changed", { number })}</h2>
        {others.length > 0 && (
          <SelectField
            label={t("Compare with")}
            isLabelHidden
            options={others.map((version) => [
              String(version.number),
              t("against version {number}", { number: version.number }),
            ])}
            value={String(against ?? others[0]?.number)}
            onChange={(value) => setAgainst(Number(value))}
          />
        )}
      </header>
      {against === null ? (
        <p>{t("This is the first version: there is nothing before it.")}</p>
      ) : (
        <Lines collection={collection} id={id} number={number} against={against} />
      )}
    </section>
  );
}

interface LinesProps {
  collection: Collection;
  id: string;
  number: number;
  against: number;
}

function Lines({ collection, id, number, against }: LinesProps) {
  const difference = useQuery({
    queryKey: ["difference", id, number, against],
    queryFn: () =>
      body(
        api.GET("/api/v1/{collection}/{content_id}/versions/{version}/diff", {
          params: {
            path: { collection, content_id: id, version: number },
            query: { against },
          },
        }),
      ),
  });
  if (difference.isError) {
    return <Problem error={difference.error} onRetry={() => void difference.refetch()} />;
  }
  if (difference.data === undefined) return <Loading what={t("the difference")} />;
  const lines = diffLines(difference.data.unified);
  if (lines.length === 0) return <p>{t("The two say the same.")}</p>;
  return (
    // A region that scrolls must be reached by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="diff" tabIndex={0} role="region" aria-label={t("Lines that differ")}>
      {lines.map(({ kind, text, number: line }) => (
        <p key={line} className={kind}>
          {kind === "added" && <ins>{text || " "}</ins>}
          {kind === "removed" && <del>{text || " "}</del>}
          {kind === "kept" && (text || " ")}
          {kind === "place" && "⋯"}
        </p>
      ))}
    </div>
  );
}
