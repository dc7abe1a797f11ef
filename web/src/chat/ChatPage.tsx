import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useLocation, useNavigate, useParams } from "react-router";

import { api, body } from "../api/client";
import { useTitle } from "../session/session";
import { Problem } from "../shell/Problem";
import { TopBar } from "../shell/TopBar";
import { type Answer, isRunning } from "./answer";
import { AnswerMessage } from "./AnswerMessage";
import { AskedQuestion } from "./AskedQuestion";
import { Composer } from "./Composer";
import { ConversationList } from "./ConversationList";
import type { Source } from "./events";
import { ExportMenu } from "./ExportMenu";
import { SourcePanel } from "./SourcePanel";
import { storedTurns, turnsBeside } from "./storedTurns";
import { type Turn, useAnswer } from "./useAnswer";
import { useStickToEnd } from "./useStickToEnd";

export function ChatPage() {
  const { course = "", conversation = null } = useParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [opened, setOpened] = useState<{ source: Source; answer: Answer } | null>(null);

  const [isListOpen, setListOpen] = useState(false);
  const { key: visit } = useLocation();
  useEffect(() => setListOpen(false), [visit]);

  const courseQuery = useQuery({
    queryKey: ["course", course],
    queryFn: () => body(api.GET("/api/v1/courses/{course}", { params: { path: { course } } })),
  });
  const history = useQuery({
    queryKey: ["conversation", conversation],
    enabled: conversation !== null,
    queryFn: () =>
      body(
        api.GET("/api/v1/conversations/{conversation_id}", {
          params: { path: { conversation_id: conversation ?? "" } },
        }),
      ),
  });
  useTitle(courseQuery.data?.title ?? "Course");

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

  const stored = storedTurns(history.data?.messages ?? []);
  const turns = turnsBeside(turn, stored);
  const unfinished = turns.find((stored) => isRunning(stored.answer));
  const unfinishedId = unfinished?.answer.messageId ?? null;
  const unfinishedQuestion = unfinished?.question ?? "";
  useEffect(() => {
    if (unfinishedId !== null && turn === null) void follow(unfinishedQuestion, unfinishedId);
  }, [unfinishedId, unfinishedQuestion, turn, follow]);

  const isBusy = turn !== null && isRunning(turn.answer);
  const send = async (message: string) => {
    if (turn !== null && conversation !== null) {
      await queries.invalidateQueries({ queryKey: ["conversation", conversation] });
    }
    await ask({ course, message, conversationId: conversation });
  };
  const last = turn !== null && turn.answer.messageId !== null ? turn : turns.at(-1);
  const sendAnew = async () => {
    if (isBusy || last === undefined || last.answer.messageId === null) return;
    await queries.invalidateQueries({ queryKey: ["conversation", conversation] });
    await askAnew(last.question, last.answer.messageId);
  };
  const anewFor = ({ answer }: Turn) =>
    !isBusy && answer.messageId === last?.answer.messageId ? () => void sendAnew() : undefined;
  const editOf = ({ answer }: Turn) => {
    const { messageId } = answer;
    const edits = stored.find((known) => known.answer.messageId === messageId)?.questionId;
    if (isBusy || messageId === null || edits == null) return undefined;
    return (message: string) =>
      void ask({ course, message, conversationId: conversation, edits }, messageId);
  };
  const end = useStickToEnd(`${turns.length}:${turn?.answer.text.length ?? 0}`);
  const readAgain = () => {
    void queries.invalidateQueries({ queryKey: ["conversation", conversation] });
  };
  const openSource = (source: Source, answer: Answer) => setOpened({ source, answer });

  return (
    <div
      className={["chat-layout", opened && "with-source", isListOpen && "with-list"]
        .filter(Boolean)
        .join(" ")}
    >
      <TopBar
        actions={
          <>
            <button
              type="button"
              className="button quiet list-switch"
              aria-expanded={isListOpen}
              onClick={() => setListOpen(!isListOpen)}
            >
              Chats<span className="visually-hidden"> of this course</span>
            </button>
            {conversation !== null && <ExportMenu conversation={conversation} />}
          </>
        }
      >
        {courseQuery.data?.title}
      </TopBar>
      <ConversationList course={course} current={conversation} />
      <main className="chat">
        <div className="turns" aria-live="off">
          {courseQuery.isError && (
            <Problem error={courseQuery.error} onRetry={() => void courseQuery.refetch()} />
          )}
          {history.isError && (
            <Problem error={history.error} onRetry={() => void history.refetch()} />
          )}
          {turn === null && conversation === null && courseQuery.isSuccess && (
            <Welcome
              title={courseQuery.data.title}
              questions={courseQuery.data.suggested_questions}
              onAsk={(question) => void send(question)}
            />
          )}
          {turns.map((earlier) => (
            <TurnView
              key={earlier.answer.messageId}
              {...earlier}
              onOpenSource={openSource}
              onAskAnew={anewFor(earlier)}
              onEdit={editOf(earlier)}
              onRated={readAgain}
            />
          ))}
          {turn !== null && (
            <TurnView
              {...turn}
              onOpenSource={openSource}
              onAskAnew={anewFor(turn)}
              onEdit={editOf(turn)}
              onRated={readAgain}
              onStop={() => {
                if (turn.answer.messageId !== null) void stop(turn.answer.messageId);
              }}
            />
          )}
          <div ref={end} />
        </div>
        <Composer
          key={conversation ?? course}
          draftKey={conversation ?? course}
          isBusy={isBusy}
          onAsk={(question) => void send(question)}
        />
      </main>
      {opened !== null && (
        <SourcePanel {...opened} onClose={() => setOpened(null)} />
      )}
      <p className="visually-hidden" role="status">
        {turn === null ? "" : isBusy ? "The tutor is answering" : "The answer is complete"}
      </p>
    </div>
  );
}

interface TurnProps {
  question: string;
  answer: Answer;
  onOpenSource: (source: Source, answer: Answer) => void;
  onRated: () => void;
  onAskAnew?: (() => void) | undefined;
  onEdit?: ((question: string) => void) | undefined;
  onStop?: () => void;
}

function TurnView({ question, onEdit, ...message }: TurnProps) {
  return (
    <section className="turn">
      <AskedQuestion question={question} onEdit={onEdit} />
      <AnswerMessage {...message} />
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
      <p className="lead">Ask anything. The answer shows the passages it stands on.</p>
      {questions.length > 0 && (
        <ul aria-label="Questions to try">
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
