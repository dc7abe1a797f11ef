import { type ReactNode } from "react";
import { Link } from "react-router";

import { useWorkspace } from "../course/CourseWorkspace";
import { day } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { type Collection, KINDS } from "./collections";
import { DeletedContent } from "./DeletedContent";
import { type ListedContent, useContents } from "./useContent";

interface Props {
  collection: Collection;
  heading: string;
  /** What is shown where there is nothing, to who learns here. */
  empty: string;
  /** Whether the whole section goes where there is nothing, for who does not edit. */
  isHiddenWhenEmpty?: boolean;
  children?: ReactNode;
}

/** The content of a course of one kind: learners see what is published, teachers drafts as well. */
export function ContentRows({ collection, heading, empty, isHiddenWhenEmpty, children }: Props) {
  const { course, slug } = useWorkspace();
  const contents = useContents(course.id, collection);
  const canReview = course.permissions.includes("review");
  const canEdit = course.permissions.includes("edit");
  const found = contents.data?.pages.flatMap((page) => page.items) ?? [];
  if (isHiddenWhenEmpty && !canEdit && found.length === 0 && !contents.isError) return null;
  return (
    <section className="panel" aria-labelledby={`${collection}-heading`}>
      <h2 id={`${collection}-heading`}>{heading}</h2>
      {children}
      {contents.isPending && <Loading what={KINDS[collection].many} />}
      {contents.isError && (
        <Problem error={contents.error} onRetry={() => void contents.refetch()} />
      )}
      {contents.isSuccess && found.length === 0 && (
        <p className="empty-state">
          {empty}{" "}
          {canEdit ? (
            <Link to={`/courses/${slug}/make`}>{t("Have some made from the material.")}</Link>
          ) : (
            t("What your teachers publish appears here.")
          )}
        </p>
      )}
      <ul className="plain-rows">
        {found.map((content) => (
          <Row
            key={content.id}
            content={content}
            to={`/courses/${slug}/${collection}/${content.id}`}
            showsState={canReview}
          />
        ))}
      </ul>
      {contents.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={contents.isFetchingNextPage}
          onClick={() => void contents.fetchNextPage()}
        >
          {t("Show more")}
        </button>
      )}
      {canEdit && <DeletedContent courseId={course.id} collection={collection} />}
    </section>
  );
}

interface RowProps {
  content: ListedContent;
  to: string;
  showsState: boolean;
}

function Row({ content, to, showsState }: RowProps) {
  return (
    <li>
      <div className="row-text">
        <p className="row-title">
          <Link to={to}>{content.title}</Link>
          {showsState && (
            <span className={`chip state ${content.status === "draft" ? "pending" : "ready"}`}>
              {content.status === "draft" ? t("Draft") : t("Published")}
            </span>
          )}
          {showsState && content.is_stale === true && (
            <span className="chip state pending">{t("A source has changed")}</span>
          )}
        </p>
        <p className="fine-print">{day(content.updated_at)}</p>
      </div>
    </li>
  );
}
