import { useEffect, useState } from "react";

import { authorisation, problemOf } from "../api/client";
import type { Source } from "./events";

interface Props {
  source: Source;
  page: number;
}

type Picture =
  | { state: "loading" }
  | { state: "shown"; address: string }
  | { state: "failed"; reason: string };

/** The page of a PDF that a passage stands on, with the passage marked. */
export function PageImage({ source, page }: Props) {
  const { document_id, chunk_id, document_title } = source;
  const marks = (source.chunk_ids ?? [chunk_id]).map((id) => `highlight=${id}`).join("&");
  const picture = usePicture(`/api/v1/documents/${document_id}/pages/${page}.png?${marks}`);
  return (
    <figure className="page-image" aria-busy={picture.state === "loading"}>
      {picture.state === "loading" && <p className="fine-print">Drawing page {page}…</p>}
      {picture.state === "failed" && <p className="fine-print">{picture.reason}</p>}
      {picture.state === "shown" && (
        <img
          src={picture.address}
          alt={`Page ${page} of ${document_title}, the passage marked`}
        />
      )}
    </figure>
  );
}

/** Fetches a picture with the reader's token, which an address in `img` would not carry. */
function usePicture(path: string): Picture {
  const [picture, setPicture] = useState<Picture>({ state: "loading" });
  useEffect(() => {
    const abort = new AbortController();
    let address: string | null = null;
    setPicture({ state: "loading" });
    const load = async () => {
      const response = await fetch(path, { headers: authorisation(), signal: abort.signal });
      if (!response.ok) throw await problemOf(response);
      const blob = await response.blob();
      if (abort.signal.aborted) return;
      address = URL.createObjectURL(blob);
      setPicture({ state: "shown", address });
    };
    load().catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      setPicture({ state: "failed", reason: `The page cannot be shown: ${reason}` });
    });
    return () => {
      abort.abort();
      if (address !== null) URL.revokeObjectURL(address);
    };
  }, [path]);
  return picture;
}
