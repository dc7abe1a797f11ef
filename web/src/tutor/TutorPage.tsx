import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { useWorkspace } from "../course/CourseWorkspace";
import { useTitle } from "../session/session";
import { useSubmit } from "../session/useSubmit";
import { Loading } from "../shell/Loading";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { ModesForm } from "./ModesForm";

type Policy = components["schemas"]["CoursePolicyRead"];

const CHOICES: readonly { support: Policy["support"]; title: string; effect: string }[] = [
  {
    support: "mark",
    title: t("Show and mark them"),
    effect: t("Learners see the sentence, underlined, with a word of caution."),
  },
  {
    support: "withhold",
    title: t("Withhold them"),
    effect: t(
      "Such a sentence is never shown. Answers come a checked sentence at a time, so a little slower.",
    ),
  },
  {
    support: "allow",
    title: t("Show them unmarked"),
    effect: t("Nothing is marked. How well a sentence is borne out is still kept with the answer."),
  },
];

/** What the tutor may say in this course, and how it may teach. */
export function TutorPage() {
  const { course } = useWorkspace();
  useTitle(t("{title}: tutor", { title: course.title }));
  const policy = useQuery({
    queryKey: ["policy", course.id],
    queryFn: () =>
      body(api.GET("/api/v1/courses/{course}/policy", { params: { path: { course: course.id } } })),
  });
  return (
    <>
      <h1>{t("Tutor")}</h1>
      <section className="panel" aria-labelledby="policy-heading">
        <h2 id="policy-heading">{t("Sentences that the material does not bear out")}</h2>
        <p>
          {t(
            "Every sentence of an answer is held against the passages it cites. What should become of one that they do not support?",
          )}
        </p>
        {policy.isPending && <Loading what={t("the policy")} />}
        {policy.isError && <Problem error={policy.error} onRetry={() => void policy.refetch()} />}
        {policy.data !== undefined && <PolicyForm courseId={course.id} policy={policy.data} />}
      </section>
      <section className="panel" aria-labelledby="modes-heading">
        <h2 id="modes-heading">{t("Ways of learning")}</h2>
        <p>
          {t(
            "Learners choose how the tutor teaches them. While a problem is open, no reply gives its answer away before it is time.",
          )}
        </p>
        {policy.data !== undefined && <ModesForm course={course} policy={policy.data} />}
      </section>
    </>
  );
}

function PolicyForm({ courseId, policy }: { courseId: string; policy: Policy }) {
  const [chosen, setChosen] = useState(policy.support);
  const queries = useQueryClient();
  const notify = useNotify();
  const { isBusy, problem, submit } = useSubmit(async () => {
    const set = await body(
      api.PUT("/api/v1/courses/{course}/policy", {
        params: { path: { course: courseId } },
        body: { support: chosen },
      }),
    );
    queries.setQueryData(["policy", courseId], set);
    notify(t("The tutor follows this from its next answer on."));
  });
  return (
    <form className="form" onSubmit={submit}>
      <fieldset className="choices">
        <legend className="visually-hidden">{t("What becomes of such a sentence")}</legend>
        {CHOICES.map(({ support, title, effect }) => (
          <label key={support} className="choice">
            <input
              type="radio"
              name="support"
              value={support}
              checked={chosen === support}
              onChange={() => setChosen(support)}
            />
            <span>
              <strong>{title}</strong>
              <span className="fine-print">{effect}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <ProblemLine problem={problem} />
      <div className="form-actions">
        <button
          type="submit"
          className="button primary"
          disabled={isBusy || chosen === policy.support}
        >
          {t("Save")}
        </button>
      </div>
    </form>
  );
}
