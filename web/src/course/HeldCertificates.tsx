import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { day } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";

type Held = components["schemas"]["HeldCertificateRead"];

const PAGE_SIZE = 20;
const LONGEST_REASON = 500;

/** The certificates that learners of a course have, the latest first, and the way to take one back. */
export function HeldCertificates({ courseId, canEdit }: { courseId: string; canEdit: boolean }) {
  const [toRevoke, setToRevoke] = useState<Held | null>(null);
  const certificates = useInfiniteQuery({
    queryKey: ["held-certificates", courseId],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/courses/{course}/certificates", {
          params: {
            path: { course: courseId },
            query: { size: PAGE_SIZE, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
  const found = certificates.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="panel" aria-labelledby="held-certificates-heading">
      <h2 id="held-certificates-heading">{t("Certificates given")}</h2>
      {certificates.isPending && <Loading what={t("the certificates")} />}
      {certificates.isError && (
        <Problem error={certificates.error} onRetry={() => void certificates.refetch()} />
      )}
      {certificates.isSuccess && found.length === 0 && (
        <p className="empty-state">{t("Nobody has a certificate of this course yet.")}</p>
      )}
      <ul className="plain-rows">
        {found.map((held) => (
          <HeldRow key={held.id} held={held} onRevoke={canEdit ? () => setToRevoke(held) : null} />
        ))}
      </ul>
      {certificates.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={certificates.isFetchingNextPage}
          onClick={() => void certificates.fetchNextPage()}
        >
          {t("Show more")}
        </button>
      )}
      {toRevoke !== null && (
        <Revocation courseId={courseId} held={toRevoke} onClose={() => setToRevoke(null)} />
      )}
    </section>
  );
}

function HeldRow({ held, onRevoke }: { held: Held; onRevoke: (() => void) | null }) {
  return (
    <li className="wrapping">
      <div className="row-text">
        <p className="row-title">
          <a href={`/certificates/${held.code}`}>{nameOf(held)}</a>
          {held.revoked_at !== null && <span className="chip state failed">{t("revoked")}</span>}
        </p>
        <p className="fine-print">
          {held.revoked_at === null
            ? t("Given on {day}", { day: day(held.issued_at) })
            : t("Given on {day}, revoked on {revoked}", {
                day: day(held.issued_at),
                revoked: day(held.revoked_at),
              })}
        </p>
        {held.revocation_reason !== "" && <p className="reason">{held.revocation_reason}</p>}
      </div>
      {onRevoke !== null && held.revoked_at === null && (
        <button type="button" className="button quiet" onClick={onRevoke}>
          {t("Revoke")}
          <span className="visually-hidden">: {nameOf(held)}</span>
        </button>
      )}
    </li>
  );
}

interface RevocationProps {
  courseId: string;
  held: Held;
  onClose: () => void;
}

function Revocation({ courseId, held, onClose }: RevocationProps) {
  const [reason, setReason] = useState("");
  const queries = useQueryClient();
  const notify = useNotify();
  return (
    <ConfirmDialog
      title={t("Revoke this certificate?")}
      act={t("Revoke the certificate")}
      onClose={onClose}
      onConfirm={async () => {
        await api.POST("/api/v1/courses/{course}/certificates/{certificate_id}/revocation", {
          params: { path: { course: courseId, certificate_id: held.id } },
          body: { reason },
        });
        await queries.invalidateQueries({ queryKey: ["held-certificates", courseId] });
        notify(t("The certificate of {name} is revoked.", { name: nameOf(held) }));
      }}
    >
      <p>
        {t(
          "{name} is told, with the reason. Whoever looks the certificate up learns that it is revoked. This cannot be undone.",
          { name: nameOf(held) },
        )}
      </p>
      <TextField
        label={t("Reason")}
        required
        maxLength={LONGEST_REASON}
        value={reason}
        onChange={setReason}
      />
    </ConfirmDialog>
  );
}

function nameOf(held: Held): string {
  return held.learner ?? t("an erased account");
}
