import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { usePerson } from "../session/session";
import { useSubmit } from "../session/useSubmit";
import { moment } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { SelectField } from "../shell/SelectField";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";
import { KINDS } from "./collections";
import { useOpenedContent } from "./ContentPage";
import { nameOfPart, partIds } from "./parts";

type Comment = components["schemas"]["CommentRead"];

/** What teachers and assistants say to one another about content. */
export function CommentsView() {
  const { collection, state } = useOpenedContent();
  const path = { collection, content_id: state.id };
  const comments = useQuery({
    queryKey: ["comments", state.id],
    queryFn: () =>
      body(
        api.GET("/api/v1/{collection}/{content_id}/comments", {
          params: { path, query: { size: 100 } },
        }),
      ),
  });
  return (
    <section className="panel" aria-labelledby="comments-heading">
      <h2 id="comments-heading">{t("Comments")}</h2>
      <p className="fine-print">{t("Learners do not see them.")}</p>
      {comments.isPending && <Loading what={t("the comments")} />}
      {comments.isError && (
        <Problem error={comments.error} onRetry={() => void comments.refetch()} />
      )}
      {comments.data?.items.length === 0 && (
        <p className="empty-state">
          {t("Nobody has said anything about this {one}.", { one: KINDS[collection].one })}
        </p>
      )}
      <ul className="plain-rows">
        {comments.data?.items.map((comment) => (
          <CommentRow key={comment.id} comment={comment} />
        ))}
      </ul>
      <CommentForm />
    </section>
  );
}

function CommentRow({ comment }: { comment: Comment }) {
  const { collection, state, canEdit } = useOpenedContent();
  const person = usePerson();
  const queries = useQueryClient();
  const path = { collection, content_id: state.id, comment_id: comment.id };
  const refresh = () => queries.invalidateQueries({ queryKey: ["comments", state.id] });
  const resolve = useMutation({
    mutationFn: () =>
      api.PATCH("/api/v1/{collection}/{content_id}/comments/{comment_id}", {
        params: { path },
        body: { is_resolved: comment.resolved_at === null },
      }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () =>
      api.DELETE("/api/v1/{collection}/{content_id}/comments/{comment_id}", { params: { path } }),
    onSettled: refresh,
  });
  const isOwn = comment.author_id === person.id;
  return (
    <li className="wrapping">
      <div className="row-text">
        <p className="row-title">
          {comment.author ?? t("Somebody who is gone")}
          {comment.resolved_at !== null && (
            <span className="chip state ready">{t("dealt with")}</span>
          )}
        </p>
        <p className="said">{comment.body}</p>
        <p className="fine-print">
          {t("{createdAt}, version {version}", {
            createdAt: moment(comment.created_at),
            version: comment.version,
          })}
          {comment.part !== null &&
            t(", on “{content}”", { content: nameOfPart(state.content, comment.part) })}
        </p>
        <ProblemLine problem={resolve.error?.message ?? remove.error?.message ?? null} />
      </div>
      <div className="row-actions">
        <button type="button" className="button" onClick={() => resolve.mutate()}>
          {comment.resolved_at === null ? t("Dealt with") : t("Open again")}
        </button>
        {(isOwn || canEdit) && (
          <button type="button" className="button quiet" onClick={() => remove.mutate()}>
            {t("Delete")}
          </button>
        )}
      </div>
    </li>
  );
}

function CommentForm() {
  const { collection, state } = useOpenedContent();
  const [text, setText] = useState("");
  const [part, setPart] = useState("");
  const queries = useQueryClient();
  const { isBusy, problem, submit } = useSubmit(async () => {
    await api.POST("/api/v1/{collection}/{content_id}/comments", {
      params: { path: { collection, content_id: state.id } },
      body: { body: text.trim(), part: part === "" ? null : part },
    });
    setText("");
    await queries.invalidateQueries({ queryKey: ["comments", state.id] });
  });
  const parts = partIds(state.content).map((id) => [id, nameOfPart(state.content, id)] as const);
  return (
    <form className="form" onSubmit={submit}>
      <TextField
        label={t("Your comment")}
        required
        rows={3}
        maxLength={4_000}
        value={text}
        onChange={setText}
      />
      <SelectField<string>
        label={t("About")}
        options={[["", t("the whole")], ...parts]}
        value={part}
        onChange={setPart}
      />
      <ProblemLine problem={problem} />
      <div className="form-actions">
        <button type="submit" className="button primary" disabled={isBusy || text.trim() === ""}>
          {t("Comment")}
        </button>
      </div>
    </form>
  );
}
