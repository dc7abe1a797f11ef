import { useMemo, useState } from "react";

import { type Answer, isRunning } from "./answer";
import { AnswerText } from "./AnswerText";
import type { Source } from "./events";
import { FeedbackRow } from "./Feedback";
import { placeOf } from "./place";

interface Props {
  answer: Answer;
  onOpenSource: (source: Source, answer: Answer) => void;
  onRated: () => void;
  onAskAnew?: (() => void) | undefined;
  onStop?: (() => void) | undefined;
}

/** An answer with its notices, its state in words, and the sources it stands on. */
export function AnswerMessage({ answer, onOpenSource, onRated, onAskAnew, onStop }: Props) {
  const citable = useMemo(() => new Set(answer.sources.map((s) => s.n)), [answer.sources]);
  const cited = useMemo(() => new Set(answer.citations.map((c) => c.n)), [answer.citations]);
  const openByNumber = (n: number) => {
    const source = answer.sources.find((candidate) => candidate.n === n);
    if (source !== undefined) onOpenSource(source, answer);
  };

  return (
    <article className="answer" aria-busy={isRunning(answer)}>
      {answer.notices.map((notice) => (
        <p key={notice.code} className="notice">
          {notice.detail}
        </p>
      ))}
      <div className="prose">
        <AnswerText text={answer.text} citable={citable} onCite={openByNumber} />
        {answer.status === "waiting" && <Waiting />}
      </div>
      {answer.status === "reconnecting" && (
        <p className="notice" role="status">
          Connection lost. Reconnecting…
        </p>
      )}
      {answer.problem !== null && (
        <p role="alert" className="problem">
          {answer.problem}
        </p>
      )}
      {answer.status === "stopped" && <p className="fine-print">Stopped.</p>}
      {isRunning(answer) && answer.messageId !== null && onStop !== undefined && (
        <button type="button" className="button stop" onClick={onStop}>
          Stop
        </button>
      )}
      {answer.status !== "waiting" && !isRunning(answer) && cited.size > 0 && (
        <ul className="source-list" aria-label="Sources">
          {answer.sources
            .filter((source) => cited.has(source.n))
            .map((source) => (
              <li key={source.n}>
                <button type="button" onClick={() => onOpenSource(source, answer)}>
                  <span className="citation" aria-hidden="true">
                    {source.n}
                  </span>
                  <span className="source-title">{source.document_title}</span>
                  <span className="source-place">{placeOf(source.locator)}</span>
                </button>
              </li>
            ))}
        </ul>
      )}
      {!isRunning(answer) && <AnswerActions answer={answer} onAskAnew={onAskAnew} />}
      {canBeRated(answer) && (
        <FeedbackRow
          key={answer.messageId}
          messageId={answer.messageId}
          given={answer.feedback}
          onChange={onRated}
        />
      )}
    </article>
  );
}

function canBeRated(answer: Answer): answer is Answer & { messageId: string } {
  return answer.messageId !== null && ["complete", "stopped"].includes(answer.status);
}

function Waiting() {
  return (
    <p className="waiting" role="status">
      Reading the course…
    </p>
  );
}

function AnswerActions({ answer, onAskAnew }: Pick<Props, "answer" | "onAskAnew">) {
  const [isCopied, setCopied] = useState(false);
  const canBeTriedAgain = onAskAnew !== undefined && answer.messageId !== null;
  if (answer.text === "" && !canBeTriedAgain) return null;
  return (
    <p className="answer-actions fine-print">
      {answer.text !== "" && (
        <button
          type="button"
          className="button quiet"
          onClick={() => {
            void navigator.clipboard.writeText(answer.text).then(() => {
              setCopied(true);
              setTimeout(() => setCopied(false), 1500);
            });
          }}
        >
          {isCopied ? "Copied" : "Copy"}
        </button>
      )}
      {canBeTriedAgain && (
        <button type="button" className="button quiet" onClick={onAskAnew}>
          Try again
        </button>
      )}
      {answer.model !== null && (
        <span>
          {answer.model === "grounded" ? "Built-in model: sentences of the course" : answer.model}
        </span>
      )}
    </p>
  );
}
