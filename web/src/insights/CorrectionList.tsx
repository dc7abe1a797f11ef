import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { moment } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import type { Wanted } from "./CorrectionDialog";

type Correction = components["schemas"]["CorrectionRead"];

interface Props {
  courseId: string;
  canEdit: boolean;
  onChange: (wanted: Wanted) => void;
}

/** The corrections of a course, the last changed first, each with its history. */
export function CorrectionList({ courseId, canEdit, onChange }: Props) {
  const corrections = useInfiniteQuery({
    queryKey: ["corrections", courseId],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/courses/{course}/corrections", {
          params: {
            path: { course: courseId },
            query: { size: 20, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
  const found = corrections.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="panel" aria-labelledby="corrections-heading">
      <h2 id="corrections-heading">{t("Corrections")}</h2>
      {corrections.isPending && <Loading what={t("the corrections")} />}
      {corrections.isError && (
        <Problem error={corrections.error} onRetry={() => void corrections.refetch()} />
      )}
      {corrections.isSuccess && found.length === 0 && (
        <p className="empty-state">{t("No answer was corrected yet.")}</p>
      )}
      <ul className="plain-rows">
        {found.map((correction) => (
          <CorrectionRow
            key={correction.id}
            courseId={courseId}
            correction={correction}
            canEdit={canEdit}
            onChange={onChange}
          />
        ))}
      </ul>
      {corrections.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={corrections.isFetchingNextPage}
          onClick={() => void corrections.fetchNextPage()}
        >
          {t("Show more")}
        </button>
      )}
    </section>
  );
}

interface RowProps extends Props {
  correction: Correction;
}

function CorrectionRow({ courseId, correction, canEdit, onChange }: RowProps) {
  const [isOpen, setOpen] = useState(false);
  const isWithdrawn = correction.withdrawn_at !== null;
  const withdraw = useWithdrawal(courseId, correction);
  return (
    <li className="wrapping">
      <div className="row-text">
        <p className="row-title">
          {correction.question}
          {isWithdrawn && <span className="chip state pending">{t("withdrawn")}</span>}
        </p>
        <p className="said">{correction.body}</p>
        <p className="fine-print">
          {t("Version {version} by {author}, {moment}", {
            version: correction.version,
            author: correction.author ?? t("an erased account"),
            moment: moment(correction.updated_at),
          })}
        </p>
        {correction.version > 1 && (
          <details className="more" onToggle={(event) => setOpen(event.currentTarget.open)}>
            <summary>{t("What it said before")}</summary>
            {isOpen && <EarlierVersions id={correction.id} />}
          </details>
        )}
        <ProblemLine problem={withdraw.error?.message ?? null} />
      </div>
      {canEdit && (
        <div className="row-actions">
          <button
            type="button"
            className="button"
            onClick={() =>
              onChange({
                question: correction.question,
                body: correction.body,
                messageId: correction.message_id,
                correctionId: correction.id,
              })
            }
          >
            {t("Change")}
            <span className="visually-hidden">: {correction.question}</span>
          </button>
          {!isWithdrawn && (
            <button
              type="button"
              className="button quiet"
              disabled={withdraw.isPending}
              onClick={() => withdraw.mutate()}
            >
              {t("Withdraw")}
              <span className="visually-hidden">: {correction.question}</span>
            </button>
          )}
        </div>
      )}
    </li>
  );
}

function useWithdrawal(courseId: string, correction: Correction) {
  const queries = useQueryClient();
  const notify = useNotify();
  const params = { path: { correction_id: correction.id } };
  const refresh = () => queries.invalidateQueries({ queryKey: ["corrections", courseId] });
  return useMutation({
    mutationFn: () => api.DELETE("/api/v1/corrections/{correction_id}", { params }),
    onSuccess: () => {
      void refresh();
      notify(t("The tutor answers by it no more."), async () => {
        const { question, body: said } = correction;
        await api.PUT("/api/v1/corrections/{correction_id}", {
          params,
          body: { question, body: said },
        });
        await refresh();
      });
    },
  });
}

function EarlierVersions({ id }: { id: string }) {
  const history = useQuery({
    queryKey: ["correction", id],
    queryFn: () =>
      body(
        api.GET("/api/v1/corrections/{correction_id}", { params: { path: { correction_id: id } } }),
      ),
  });
  if (history.isError) return <Problem error={history.error} />;
  if (history.data === undefined) return <Loading what={t("the versions")} rows={1} />;
  return (
    <ol className="plain-rows">
      {history.data.versions.slice(1).map((version) => (
        <li key={version.number} className="wrapping">
          <div className="row-text">
            <p className="said">{version.body}</p>
            <p className="fine-print">
              {t("Version {version} by {author}, {moment}", {
                version: version.number,
                author: version.author ?? t("an erased account"),
                moment: moment(version.created_at),
              })}
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}
