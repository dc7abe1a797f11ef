import { useEffect, useState } from "react";

import { authorisation, problemOf, unreachable } from "../api/client";
import { t } from "../words/words";

interface Props {
  documentId: string;
  title: string;
  page: number;
  /** Whose passages are marked on the page. */
  chunkIds: readonly (number | string)[];
}

type Picture =
  { state: "loading" } | { state: "shown"; address: string } | { state: "failed"; reason: string };

/** A page of a PDF, with passages marked. */
export function PageImage({ documentId, title, page, chunkIds }: Props) {
  const marks = chunkIds.map((id) => `highlight=${id}`).join("&");
  const picture = usePicture(`/api/v1/documents/${documentId}/pages/${page}.png?${marks}`);
  return (
    <figure className="page-image" aria-busy={picture.state === "loading"}>
      {picture.state === "loading" && (
        <p className="fine-print">{t("Drawing page {page}…", { page })}</p>
      )}
      {picture.state === "failed" && <p className="fine-print">{picture.reason}</p>}
      {picture.state === "shown" && (
        <img
          src={picture.address}
          alt={
            chunkIds.length > 0
              ? t("Page {page} of {title}, the passage marked", { page, title })
              : t("Page {page} of {title}", { page, title })
          }
        />
      )}
    </figure>
  );
}

/** Fetches a picture, so that a refusal can be told in words. */
function usePicture(path: string): Picture {
  const [picture, setPicture] = useState<Picture>({ state: "loading" });
  useEffect(() => {
    const abort = new AbortController();
    let address: string | null = null;
    setPicture({ state: "loading" });
    const load = async () => {
      const response = await fetch(path, { headers: authorisation(), signal: abort.signal }).catch(
        (error: unknown) => {
          throw abort.signal.aborted ? error : unreachable();
        },
      );
      if (!response.ok) throw await problemOf(response);
      const blob = await response.blob();
      if (abort.signal.aborted) return;
      address = URL.createObjectURL(blob);
      setPicture({ state: "shown", address });
    };
    load().catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      setPicture({ state: "failed", reason: t("The page cannot be shown: {reason}", { reason }) });
    });
    return () => {
      abort.abort();
      if (address !== null) URL.revokeObjectURL(address);
    };
  }, [path]);
  return picture;
}
