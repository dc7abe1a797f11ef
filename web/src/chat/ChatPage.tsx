import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useLocation, useNavigate, useParams, useSearchParams } from "react-router";

import { CourseTabs } from "../course/CourseTabs";
import { useCourse } from "../course/useCourse";
import { useTitle } from "../session/session";
import { Problem } from "../shell/Problem";
import { TopBar } from "../shell/TopBar";
import { t } from "../words/words";
import { type Answer, isRunning } from "./answer";
import { AnswerMessage } from "./AnswerMessage";
import { AskedQuestion } from "./AskedQuestion";
import { Composer } from "./Composer";
import { ConversationList } from "./ConversationList";
import type { Source } from "./events";
import { ExportMenu } from "./ExportMenu";
import { type Versions, versionsOf } from "./forks";
import { loadAnswerParts } from "./loadAnswerText";
import { MODE_WORDS, type Move } from "./modes";
import { ModeSwitch } from "./ModeSwitch";
import { ProblemBar } from "./ProblemBar";
import { SourcePanel } from "./SourcePanel";
import { placeOfMessage, storedTurns, turnsBeside } from "./storedTurns";
import { TurnRows } from "./TurnRows";
import { type Turn, useAnswer } from "./useAnswer";
import { useHistory } from "./useHistory";
import { useModes } from "./useModes";
import { VersionSwitch } from "./VersionSwitch";

/** Where no answer stands yet, the first view comes first. */
const PARTS_AFTER_MS = 500;

export function ChatPage() {
  const { course = "", conversation = null } = useParams();
  const [search, setSearch] = useSearchParams();
  const leaf = conversation === null ? null : search.get("leaf");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [opened, setOpened] = useState<{ source: Source; answer: Answer } | null>(null);

  const [isListOpen, setListOpen] = useState(false);
  const { key: visit } = useLocation();
  useEffect(() => setListOpen(false), [visit]);

  useEffect(() => {
    const delayMs = conversation === null ? PARTS_AFTER_MS : 0;
    const timer = setTimeout(() => void loadAnswerParts(), delayMs);
    return () => clearTimeout(timer);
  }, [conversation]);

  const courseQuery = useCourse(course);
  const history = useHistory(conversation, leaf);
  useTitle(courseQuery.data?.title ?? t("Course"));

  const onEnd = useCallback(() => {
    void queries.invalidateQueries({ queryKey: ["conversations", course] });
    void queries.invalidateQueries({ queryKey: ["conversation"] });
  }, [queries, course]);
  const { turn, ask, askAnew, follow, stop, clear } = useAnswer(onEnd);

  const ownConversation = turn?.answer.conversationId ?? null;
  useEffect(() => {
    if (ownConversation !== null && ownConversation !== conversation) {
      void navigate(`/courses/${course}/conversations/${ownConversation}`, { replace: true });
    }
    // Only the start of an answer moves the address, never a later click of the person.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [ownConversation]);

  const ownMessage = turn?.answer.messageId ?? null;
  useEffect(() => {
    if (leaf === null || ownMessage === null || ownConversation !== conversation) return;
    setSearch({ leaf: ownMessage }, { replace: true });
    // Only the start of an answer moves its branch on, never a later choice of the person.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [ownMessage]);
  const showBranch = (end: string) => {
    clear();
    setOpened(null);
    const isNewest = end === history.newestLeaf;
    setSearch(isNewest ? {} : { leaf: end }, { replace: true });
  };

  const shownConversation = useRef(conversation);
  useEffect(() => {
    const isOwn = conversation !== null && conversation === ownConversation;
    if (shownConversation.current !== conversation && !isOwn) {
      clear();
      setOpened(null);
    }
    shownConversation.current = conversation;
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [conversation]);

  const stored = storedTurns(history.messages);
  const turns = turnsBeside(turn, stored);
  const unfinished = turns.find((stored) => isRunning(stored.answer));
  const unfinishedId = unfinished?.answer.messageId ?? null;
  const unfinishedQuestion = unfinished?.question ?? "";
  useEffect(() => {
    if (unfinishedId !== null && turn === null) void follow(unfinishedQuestion, unfinishedId);
  }, [unfinishedId, unfinishedQuestion, turn, follow]);

  const shownTurns = turn === null ? turns : [...turns, turn];
  // Keyed by place: the versions of a message take turns in one, and keep the focus.
  const anchor = placeOfMessage(stored, history.begunAt);
  const keyOf = (place: number) => `${ownConversation ?? conversation}:${place - anchor}`;

  const isBusy = turn !== null && isRunning(turn.answer);
  const tutor = conversation === null ? undefined : history.query.data?.tutor;
  const { allowed, mode, choose, rules } = useModes(course, conversation, tutor);
  const send = async (message: string, move?: Move) => {
    if (turn !== null && conversation !== null) {
      await queries.invalidateQueries({ queryKey: ["conversation", conversation] });
    }
    const known = { course, message, conversationId: conversation, follows: leaf, mode };
    await ask(move === undefined ? known : { ...known, move });
  };
  const last = turn !== null && turn.answer.messageId !== null ? turn : turns.at(-1);
  const sendAnew = async () => {
    if (isBusy || last === undefined || last.answer.messageId === null) return;
    await queries.invalidateQueries({ queryKey: ["conversation", conversation] });
    await askAnew(last.question, last.answer.messageId);
  };
  const anewFor = ({ answer }: Turn) =>
    !isBusy && answer.messageId === last?.answer.messageId ? () => void sendAnew() : undefined;
  const questionIdOf = ({ answer: { messageId } }: Turn) =>
    stored.find(({ answer }) => answer.messageId === messageId)?.questionId ?? null;
  const editOf = (asked: Turn) => {
    const { messageId } = asked.answer;
    const edits = questionIdOf(asked);
    if (isBusy || messageId === null || edits === null) return undefined;
    return (message: string) =>
      void ask({ course, message, conversationId: conversation, edits, mode }, messageId);
  };
  const readAgain = (shown: Turn) => {
    void queries.invalidateQueries({ queryKey: ["conversation", conversation] });
    if (shown.answer.messageId !== null) void history.readAgain(shown.answer.messageId);
  };
  const stopTurn = () => {
    if (ownMessage !== null) void stop(ownMessage);
  };
  const openSource = (source: Source, answer: Answer) => setOpened({ source, answer });

  return (
    <div
      className={["chat-layout", opened && "with-source", isListOpen && "with-list"]
        .filter(Boolean)
        .join(" ")}
    >
      <div className="bars">
        <TopBar
          actions={
            <>
              <button
                type="button"
                className="button quiet list-switch"
                aria-expanded={isListOpen}
                onClick={() => setListOpen(!isListOpen)}
              >
                {t("Chats")}
                <span className="visually-hidden"> {t("of this course")}</span>
              </button>
              {conversation !== null && <ExportMenu conversation={conversation} leaf={leaf} />}
            </>
          }
        >
          {courseQuery.data?.title}
        </TopBar>
        <CourseTabs slug={course} course={courseQuery.data} />
      </div>
      <ConversationList course={course} current={conversation} />
      <main className="chat">
        <div className="turns" aria-live="off">
          {courseQuery.isError && (
            <Problem error={courseQuery.error} onRetry={() => void courseQuery.refetch()} />
          )}
          {history.query.isError && (
            <Problem error={history.query.error} onRetry={() => void history.query.refetch()} />
          )}
          {(turn !== null || conversation !== null) && (
            <h1 className="visually-hidden">{courseQuery.data?.title ?? t("Course")}</h1>
          )}
          {turn === null && conversation === null && courseQuery.isSuccess && (
            <Welcome
              title={courseQuery.data.title}
              questions={courseQuery.data.suggested_questions}
              onAsk={(question) => void send(question)}
            />
          )}
          <TurnRows
            of={ownConversation ?? conversation ?? ""}
            count={shownTurns.length}
            keyOf={keyOf}
            isAsking={turn?.answer.status === "waiting"}
            hasEarlier={history.hasEarlier}
            hasFailed={history.earlierFailed}
            onEarlier={history.readEarlier}
          >
            {(place) => {
              const shown = shownTurns[place];
              return shown === undefined ? null : (
                <TurnView
                  key={place}
                  {...shown}
                  questionId={questionIdOf(shown)}
                  questionVersions={versionsOf(history.forks, questionIdOf(shown))}
                  answerVersions={versionsOf(history.forks, shown.answer.messageId)}
                  onShowBranch={showBranch}
                  onOpenSource={openSource}
                  onAskAnew={anewFor(shown)}
                  onEdit={editOf(shown)}
                  onRated={() => readAgain(shown)}
                  onStop={shown === turn ? stopTurn : undefined}
                />
              );
            }}
          </TurnRows>
        </div>
        {tutor?.problem != null && (
          <ProblemBar
            problem={tutor.problem}
            rules={rules}
            isBusy={isBusy}
            onMove={(move, words) => void send(words, move)}
          />
        )}
        {mode !== null && <ModeSwitch allowed={allowed} mode={mode} onChange={choose} />}
        <Composer
          key={conversation ?? course}
          draftKey={conversation ?? course}
          isBusy={isBusy}
          placeholder={MODE_WORDS[mode ?? "explain"].prompt}
          onAsk={(question) => void send(question)}
        />
      </main>
      {opened !== null && <SourcePanel {...opened} onClose={() => setOpened(null)} />}
      <p className="visually-hidden" role="status">
        {turn === null ? "" : isBusy ? t("The tutor is answering") : t("The answer is complete")}
      </p>
    </div>
  );
}

interface TurnProps {
  question: string;
  questionId: string | null;
  answer: Answer;
  questionVersions: Versions | null;
  answerVersions: Versions | null;
  onShowBranch: (leaf: string) => void;
  onOpenSource: (source: Source, answer: Answer) => void;
  onRated: () => void;
  onAskAnew?: (() => void) | undefined;
  onEdit?: ((question: string) => void) | undefined;
  onStop?: (() => void) | undefined;
}

function TurnView(props: TurnProps) {
  const { question, questionId, onEdit, questionVersions, answerVersions, onShowBranch } = props;
  return (
    <section className="turn">
      <AskedQuestion key={questionId} question={question} onEdit={onEdit} />
      {questionVersions !== null && (
        <p className="question-versions">
          <VersionSwitch versions={questionVersions} of="question" onShow={onShowBranch} />
        </p>
      )}
      <AnswerMessage
        {...props}
        versions={
          answerVersions !== null && (
            <VersionSwitch versions={answerVersions} of="answer" onShow={onShowBranch} />
          )
        }
      />
    </section>
  );
}

interface WelcomeProps {
  title: string;
  questions: string[];
  onAsk: (question: string) => void;
}

function Welcome({ title, questions, onAsk }: WelcomeProps) {
  return (
    <section className="welcome">
      <h1>{title}</h1>
      <p className="lead">{t("Ask anything. The answer shows the passages it stands on.")}</p>
      {questions.length > 0 && (
        <ul aria-label={t("Questions to try")}>
          {questions.map((question) => (
            <li key={question}>
              <button type="button" className="button suggestion" onClick={() => onAsk(question)}>
                {question}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
