import {
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";

import { moment } from "../shell/formats";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { type Answer, isRunning } from "./answer";
import { noticeWords, type Source } from "./events";
import { FeedbackRow } from "./Feedback";
import { loadAnswerText } from "./loadAnswerText";
import { placeOf, sourceTitle } from "./place";
import { useLinkHosts } from "./useLinkHosts";

// The first view holds no answer; `loadAnswerText` has it come before one is asked for.
const AnswerText = lazy(loadAnswerText);

const NO_SOURCES: ReadonlySet<number> = new Set();
const NO_SENTENCES: readonly never[] = [];
const ignore = () => {};

interface Props {
  answer: Answer;
  onOpenSource: (source: Source, answer: Answer) => void;
  onRated: () => void;
  /** The way to the other answers to the same question, where there are any. */
  versions?: ReactNode;
  onAskAnew?: (() => void) | undefined;
  onStop?: (() => void) | undefined;
}

/** An answer with its notices, its state in words, and the sources it stands on. */
export function AnswerMessage(props: Props) {
  const { answer, onOpenSource, onRated, versions, onAskAnew, onStop } = props;
  const citable = useMemo(() => new Set(answer.sources.map((s) => s.n)), [answer.sources]);
  const cited = useMemo(() => new Set(answer.citations.map((c) => c.n)), [answer.citations]);
  const lowSentences = useMemo(
    () => answer.notices.flatMap((notice) => notice.sentences ?? []),
    [answer.notices],
  );
  const linkHosts = useLinkHosts();
  // The same function while the answer grows, or all of its text would be drawn anew.
  const latest = useRef({ answer, onOpenSource });
  useEffect(() => {
    latest.current = { answer, onOpenSource };
  });
  const openByNumber = useCallback((n: number) => {
    const { answer, onOpenSource } = latest.current;
    const source = answer.sources.find((candidate) => candidate.n === n);
    if (source !== undefined) onOpenSource(source, answer);
  }, []);

  return (
    <article className="answer" aria-busy={isRunning(answer)}>
      {answer.notices.map((notice) => (
        <p key={notice.code} className={notice.code === "hint" ? "notice mild" : "notice"}>
          {noticeWords(notice)}
        </p>
      ))}
      <div className="prose">
        <Suspense fallback={<p>{answer.text}</p>}>
          <AnswerText
            text={answer.text}
            citable={citable}
            onCite={openByNumber}
            lowSentences={lowSentences}
            linkHosts={linkHosts}
            here={location.href}
          />
        </Suspense>
        {answer.status === "waiting" && <Waiting />}
      </div>
      {answer.correction !== null && <Correction said={answer.correction} linkHosts={linkHosts} />}
      {answer.status === "busy" && (
        <p className="notice" role="status">
          {t("Many are asking just now. Your question is sent again in a moment…")}
        </p>
      )}
      {answer.status === "reconnecting" && (
        <p className="notice" role="status">
          {t("Connection lost. Reconnecting…")}
        </p>
      )}
      <ProblemLine problem={answer.problem} />
      {answer.status === "stopped" && <p className="fine-print">{t("Stopped.")}</p>}
      {isRunning(answer) && answer.messageId !== null && onStop !== undefined && (
        <button type="button" className="button stop" onClick={onStop}>
          {t("Stop")}
        </button>
      )}
      {answer.status !== "waiting" && !isRunning(answer) && cited.size > 0 && (
        <ul className="source-list" aria-label={t("Sources")}>
          {answer.sources
            .filter((source) => cited.has(source.n))
            .map((source) => (
              <li key={source.n}>
                <button type="button" onClick={() => onOpenSource(source, answer)}>
                  <span className="citation" aria-hidden="true">
                    {source.n}
                  </span>
                  <span className="source-title">{sourceTitle(source)}</span>
                  <span className="source-place">{placeOf(source.locator)}</span>
                </button>
              </li>
            ))}
        </ul>
      )}
      {!isRunning(answer) && (
        <AnswerActions answer={answer} versions={versions} onAskAnew={onAskAnew} />
      )}
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

interface CorrectionProps {
  said: NonNullable<Answer["correction"]>;
  linkHosts: ReadonlySet<string>;
}

/** What a teacher says in place of the answer above. */
function Correction({ said, linkHosts }: CorrectionProps) {
  return (
    <aside className="correction" aria-label={t("Correction by the teacher")}>
      <p className="correction-head">
        <strong>{t("Correction by the teacher")}</strong>
        <span className="fine-print">{moment(said.updated_at)}</span>
      </p>
      <div className="prose">
        <Suspense fallback={<p>{said.body}</p>}>
          <AnswerText
            text={said.body}
            citable={NO_SOURCES}
            onCite={ignore}
            lowSentences={NO_SENTENCES}
            linkHosts={linkHosts}
            here={location.href}
          />
        </Suspense>
      </div>
    </aside>
  );
}

function Waiting() {
  return (
    <p className="waiting" role="status">
      {t("Reading the course…")}
    </p>
  );
}

type ActionsProps = Pick<Props, "answer" | "versions" | "onAskAnew">;

function AnswerActions({ answer, versions, onAskAnew }: ActionsProps) {
  const [isCopied, setCopied] = useState(false);
  const canBeTriedAgain = onAskAnew !== undefined && answer.messageId !== null;
  if (answer.text === "" && !canBeTriedAgain && !versions) return null;
  return (
    <p className="answer-actions fine-print">
      {versions}
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
          {isCopied ? t("Copied") : t("Copy")}
        </button>
      )}
      {canBeTriedAgain && (
        <button type="button" className="button quiet" onClick={onAskAnew}>
          {t("Try again")}
        </button>
      )}
      {answer.model !== null && (
        <span>
          {answer.model === "grounded"
            ? t("Built-in model: sentences of the course")
            : answer.model}
        </span>
      )}
    </p>
  );
}
