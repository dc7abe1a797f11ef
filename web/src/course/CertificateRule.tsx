import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { Field } from "../session/Field";
import { useSubmit } from "../session/useSubmit";
import { Loading } from "../shell/Loading";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import type { Course } from "./useCourse";

type Rule = components["schemas"]["CertificateRuleRead"];

/** What a course asks for before it gives a certificate, as its teacher sets it. */
export function CertificateRule({ course }: { course: Course }) {
  const rule = useQuery({
    queryKey: ["certificate-rule", course.id],
    queryFn: () =>
      body(
        api.GET("/api/v1/courses/{course}/certificate-rule", {
          params: { path: { course: course.id } },
        }),
      ),
  });
  return (
    <section className="panel" aria-labelledby="certificate-rule-heading">
      <h2 id="certificate-rule-heading">{t("Certificate")}</h2>
      {rule.isPending && <Loading what={t("the rule")} />}
      {rule.isError && <Problem error={rule.error} onRetry={() => void rule.refetch()} />}
      {rule.data !== undefined && <RuleForm course={course} rule={rule.data} />}
    </section>
  );
}

function RuleForm({ course, rule }: { course: Course; rule: Rule }) {
  const [draft, setDraft] = useState(() => ({
    lessons: perCent(rule.lessons_share),
    quizzes: perCent(rule.quiz_mark),
    concepts: perCent(rule.mastered_share),
    signed: rule.signed_by,
  }));
  const change = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part });
  const queries = useQueryClient();
  const notify = useNotify();
  const { isBusy, problem, submit } = useSubmit(async () => {
    const kept = await body(
      api.PUT("/api/v1/courses/{course}/certificate-rule", {
        params: { path: { course: course.id } },
        body: {
          lessons_share: shareOf(draft.lessons),
          quiz_mark: shareOf(draft.quizzes),
          mastered_share: shareOf(draft.concepts),
          signed_by: draft.signed,
        },
      }),
    );
    queries.setQueryData(["certificate-rule", course.id], kept);
    notify(t("The rule is kept."));
  });
  const fields = [
    ["lessons", t("Lessons read, %")],
    ["quizzes", t("Points in the quizzes, %")],
    ["concepts", t("Concepts mastered, %")],
  ] as const;
  return (
    <form className="form" onSubmit={submit}>
      <p>
        {t(
          "Learners get a certificate as PDF once all of this is reached. What is left empty is not asked for; with nothing asked for there is no certificate.",
        )}
      </p>
      <div className="field-row">
        {fields.map(([name, label]) => (
          <Field
            key={name}
            label={label}
            type="number"
            min={1}
            max={100}
            value={draft[name]}
            onChange={(value) => change({ [name]: value })}
          />
        ))}
      </div>
      <Field
        label={t("Signed by")}
        value={draft.signed}
        maxLength={200}
        onChange={(signed) => change({ signed })}
      />
      <ProblemLine problem={problem} />
      <div className="form-actions">
        <button type="submit" className="button primary" disabled={isBusy}>
          {t("Save")}
        </button>
      </div>
    </form>
  );
}

function perCent(share: number | null): string {
  return share === null ? "" : String(Math.round(share * 100));
}

function shareOf(perCents: string): number | null {
  return perCents.trim() === "" ? null : Number(perCents) / 100;
}
