import "../styles/content.css";

import { Suspense } from "react";
import { Link, Outlet, useOutletContext, useParams } from "react-router";

import { useWorkspace, type Workspace } from "../course/CourseWorkspace";
import { useTitle } from "../session/session";
import { Loading } from "../shell/Loading";
import { NothingHere } from "../shell/NothingHere";
import { Problem } from "../shell/Problem";
import { Tabs } from "../shell/Tabs";
import { t } from "../words/words";
import { type Collection, isCollection, KINDS } from "./collections";
import { DownloadMenu } from "./DownloadMenu";
import { HistoryButtons } from "./HistoryButtons";
import { PublishButton } from "./PublishButton";
import { type ContentState, useContent } from "./useContent";

interface OpenedContent extends Workspace {
  collection: Collection;
  state: ContentState;
  canEdit: boolean;
  canReview: boolean;
}

/** One lesson, quiz, deck, guide, slide deck or video: learners read it, teachers work at it. */
export function ContentPage() {
  const { collection, content = "" } = useParams();
  if (!isCollection(collection)) return <NothingHere />;
  return <Opened collection={collection} id={content} />;
}

/** The content that the views below `ContentPage` are of. */
export function useOpenedContent(): OpenedContent {
  return useOutletContext<OpenedContent>();
}

function Opened({ collection, id }: { collection: Collection; id: string }) {
  const { course, slug } = useWorkspace();
  const content = useContent(collection, id);
  const kind = KINDS[collection];
  useTitle(content.data?.title ?? `${course.title}: ${kind.listName}`);
  const opened = {
    course,
    slug,
    collection,
    canEdit: course.permissions.includes("edit"),
    canReview: course.permissions.includes("review"),
  };
  return (
    <>
      <Link to={`/courses/${slug}/${kind.list}`} className="way-back">
        <span aria-hidden="true">‹ </span>
        {kind.listName}
      </Link>
      {content.isPending && <Loading what={`the ${kind.one}`} />}
      {content.isError && (
        <>
          <h1>{kind.listName}</h1>
          <Problem error={content.error} onRetry={() => void content.refetch()} />
        </>
      )}
      {content.data !== undefined && (
        <>
          <Head {...opened} state={content.data} />
          {opened.canReview && <Views {...opened} state={content.data} />}
          <Suspense fallback={<Loading what={t("the view")} />}>
            <Outlet context={{ ...opened, state: content.data } satisfies OpenedContent} />
          </Suspense>
        </>
      )}
    </>
  );
}

function Head(opened: OpenedContent) {
  const { collection, state, canEdit, canReview } = opened;
  const maySave = canReview || collection !== "quizzes";
  return (
    <header className="content-head">
      <h1>{state.title}</h1>
      <div className="row-actions">
        {canReview && <Chips state={state} />}
        {canEdit && <HistoryButtons collection={collection} state={state} />}
        {maySave && <DownloadMenu collection={collection} id={state.id} />}
        {canEdit && <PublishButton collection={collection} state={state} />}
      </div>
    </header>
  );
}

function Chips({ state }: { state: ContentState }) {
  const isBehind = state.published_version !== null && state.published_version !== state.version;
  return (
    <p className="chips">
      <span className={`chip state ${state.published_version === null ? "pending" : "ready"}`}>
        {state.published_version === null ? t("Draft") : t("Published")}
      </span>
      {isBehind && (
        <span className="chip state pending">
          {t("Learners see version {publishedVersion}", {
            publishedVersion: state.published_version ?? 0,
          })}
        </span>
      )}
      {state.is_stale && <span className="chip state pending">{t("A source has changed")}</span>}
      <span className="chip">{t("Version {version}", { version: state.version })}</span>
    </p>
  );
}

function Views({ collection, state, canEdit, slug }: OpenedContent) {
  const base = `/courses/${slug}/${collection}/${state.id}`;
  const tabs = [
    { to: base, label: collection === "quizzes" ? t("Questions") : t("Read"), end: true },
    ...(canEdit ? [{ to: `${base}/edit`, label: t("Edit") }] : []),
    ...(collection === "quizzes" ? [{ to: `${base}/results`, label: t("Results") }] : []),
    ...(canEdit && collection === "quizzes" ? [{ to: `${base}/rules`, label: t("Rules") }] : []),
    { to: `${base}/quality`, label: t("Quality") },
    { to: `${base}/versions`, label: t("Versions") },
    { to: `${base}/comments`, label: t("Comments") },
  ];
  return <Tabs label={t("Views of this {one}", { one: KINDS[collection].one })} tabs={tabs} />;
}
