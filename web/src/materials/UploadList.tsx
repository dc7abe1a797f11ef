import { bytes, counted } from "../shell/formats";
import { t } from "../words/words";
import { stageWords } from "./stages";
import { isUnderWay, type Upload, type UploadState } from "./upload";
import type { UploadQueue } from "./UploadQueue";
import { countUnderWay } from "./useUploads";

/** The files on their way, each with how far it is and what became of it. */
export function UploadList({ uploads, queue }: { uploads: readonly Upload[]; queue: UploadQueue }) {
  const underWay = countUnderWay(uploads);
  const failed = uploads.filter(({ state }) => state.is === "failed").length;
  return (
    <section className="panel" aria-labelledby="uploads-heading">
      <header className="view-head">
        <h2 id="uploads-heading">{t("Uploads")}</h2>
        {underWay < uploads.length && (
          <button type="button" className="button quiet" onClick={() => queue.clear()}>
            {t("Clear the list")}
          </button>
        )}
      </header>
      <p className="fine-print" role="status">
        {underWay > 0
          ? t("{underWay} under way", { underWay: counted(underWay, t("file"), t("files")) })
          : failed > 0
            ? t("All done, {files} failed.", {
                files: counted(failed, t("file has"), t("files have")),
              })
            : t("All done.")}
      </p>
      <ul className="plain-rows uploads">
        {uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} queue={queue} />
        ))}
      </ul>
    </section>
  );
}

function UploadRow({ upload, queue }: { upload: Upload; queue: UploadQueue }) {
  const { state, path } = upload;
  return (
    <li>
      <div className="row-text">
        <p className="row-title">{path}</p>
        <p className="fine-print">
          {bytes(upload.byteSize)} · {words(state)}
        </p>
        <Share state={state} of={path} />
        {state.is === "failed" &&
          state.reasons.map((reason) => (
            <p key={reason} className="reason">
              {reason}
            </p>
          ))}
        {state.is === "in" &&
          state.warnings.map((warning) => (
            <p key={warning} className="notice">
              {warning}
            </p>
          ))}
      </div>
      {isUnderWay(state) && (
        <button type="button" className="button" onClick={() => void queue.cancel(upload.id)}>
          {t("Cancel")}
          <span className="visually-hidden"> {path}</span>
        </button>
      )}
      {(state.is === "failed" || state.is === "cancelled") && (
        <button type="button" className="button" onClick={() => void queue.retry(upload.id)}>
          {t("Try again")}
          <span className="visually-hidden"> {t("with {path}", { path })}</span>
        </button>
      )}
    </li>
  );
}

function Share({ state, of }: { state: UploadState; of: string }) {
  if (state.is !== "sending" && state.is !== "working") return null;
  return <progress max={1} value={state.share} aria-label={t("Progress of {of}", { of })} />;
}

function words(state: UploadState): string {
  switch (state.is) {
    case "waiting":
      return t("waits to be sent");
    case "sending":
      return t("being sent");
    case "working":
      return stageWords(state.stage);
    case "in":
      return state.isUnchanged
        ? t("is in already, unchanged")
        : t("in: {passages}", { passages: counted(state.passages, t("passage"), t("passages")) });
    case "failed":
      return t("failed");
    case "cancelled":
      return t("cancelled");
  }
}
