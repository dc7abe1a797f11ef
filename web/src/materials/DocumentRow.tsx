import { bytes, counted, day } from "../shell/formats";
import { t } from "../words/words";
import { reasonWords } from "./reasons";
import { type CourseDocument, kindOf, STATUS_WORDS } from "./documents";

interface Props {
  document: CourseDocument;
  onOpen: () => void;
  onDelete?: (() => void) | undefined;
}

/** A document: what it is, how it stands, and why where it failed. */
export function DocumentRow({ document, onOpen, onDelete }: Props) {
  const facts = [
    kindOf(document.media_type, document.key),
    bytes(document.byte_size),
    counted(document.chunk_count, t("passage"), t("passages")),
    ...(document.version > 1 ? [t("version {version}", { version: document.version })] : []),
    day(document.updated_at),
  ];
  return (
    <>
      <div className="row-text">
        <p className="row-title">
          {document.version > 0 ? (
            <button type="button" className="link" onClick={onOpen}>
              {document.title}
            </button>
          ) : (
            document.title
          )}
          <span className={`chip state ${document.status}`}>{STATUS_WORDS[document.status]}</span>
        </p>
        <p className="fine-print">{facts.join(" · ")}</p>
        {document.key !== document.title && <p className="fine-print path">{document.key}</p>}
        {document.reason !== null && (
          <p className="reason">{reasonWords(document.reason_code, document.reason)}</p>
        )}
        {document.warning !== null && (
          <p className="notice">{reasonWords(document.warning_code, document.warning)}</p>
        )}
      </div>
      {onDelete !== undefined && (
        <button type="button" className="button quiet" onClick={onDelete}>
          {t("Delete")}
          <span className="visually-hidden"> {document.title}</span>
        </button>
      )}
    </>
  );
}
