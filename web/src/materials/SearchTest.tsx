import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { PassageText } from "../chat/PassageText";
import { placeOf } from "../chat/place";
import type { Course } from "../course/useCourse";
import { Field } from "../session/Field";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import type { OpenedDocument } from "./DocumentViewer";
import { markWords } from "./markWords";

type Hit = components["schemas"]["SearchHit"];

const PASSAGES = 8;

interface Props {
  course: Course;
  onOpen: (opened: OpenedDocument) => void;
}

/** What the tutor would find for a question, with how well each passage fits. */
export function SearchTest({ course, onOpen }: Props) {
  const [text, setText] = useState("");
  const [question, setQuestion] = useState("");
  const search = useQuery({
    queryKey: ["search", course.id, question, course.corpus_revision],
    enabled: question !== "",
    queryFn: () =>
      body(
        api.GET("/api/v1/courses/{course}/search", {
          params: { path: { course: course.id }, query: { q: question, k: PASSAGES } },
        }),
      ),
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    setQuestion(text.trim());
  }

  return (
    <aside className="panel search-test" aria-labelledby="search-heading">
      <h2 id="search-heading">{t("Search test")}</h2>
      <p className="fine-print">{t("See which passages the tutor would find for a question.")}</p>
      <form className="search-form" role="search" onSubmit={submit}>
        <Field
          label={t("A question of a learner")}
          type="search"
          maxLength={2000}
          value={text}
          onChange={setText}
        />
        <button type="submit" className="button" disabled={text.trim() === ""}>
          {t("Search")}
        </button>
      </form>
      {search.isLoading && <Loading what={t("passages")} />}
      {search.isError && <Problem error={search.error} onRetry={() => void search.refetch()} />}
      {search.data?.hits.length === 0 && (
        <p className="empty-state">{t("Nothing in this course fits that question.")}</p>
      )}
      {search.data !== undefined && search.data.hits.length > 0 && (
        <ol className="hits" aria-label={t("Passages found, best first")}>
          {search.data.hits.map((hit) => (
            <HitItem key={hit.chunk_id} hit={hit} question={question} onOpen={onOpen} />
          ))}
        </ol>
      )}
    </aside>
  );
}

interface HitProps {
  hit: Hit;
  question: string;
  onOpen: (opened: OpenedDocument) => void;
}

function HitItem({ hit, question, onOpen }: HitProps) {
  const open = () =>
    onOpen({
      documentId: hit.document_id,
      title: hit.document_title,
      passage: {
        page: hit.locator.page ?? null,
        chunkIds: hit.chunk_ids,
        version: hit.document_version,
        start: hit.locator.char_start,
        end: hit.locator.char_end,
      },
    });
  return (
    <li>
      <p className="row-title">
        <button type="button" className="link" onClick={open}>
          {hit.document_title}
        </button>
      </p>
      <p className="fine-print">{placeOf(hit.locator)}</p>
      <p className="score">
        <meter min={0} max={1} value={hit.score} aria-hidden="true" />
        <span>{t("Score {score}", { score: hit.score.toFixed(2) })}</span>
      </p>
      <blockquote className="passage">
        <PassageText parts={markWords(hit.text, question)} />
      </blockquote>
    </li>
  );
}
