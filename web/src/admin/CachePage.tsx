import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { useTitle } from "../session/session";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { count, counted, money, percent } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { Figure } from "./Figure";
import { useSubjects } from "./useSubjects";

type Statistics = components["schemas"]["CacheStatisticsRead"];

/** How often answers are given again, what that saves, and the way to forget them. */
export function CachePage() {
  useTitle(t("Answer cache"));
  const statistics = useQuery({
    queryKey: ["cache"],
    queryFn: () => body(api.GET("/api/v1/admin/cache")),
  });
  return (
    <>
      <h1>{t("Answer cache")}</h1>
      {statistics.isPending && <Loading what={t("the statistics")} />}
      {statistics.isError && (
        <Problem error={statistics.error} onRetry={() => void statistics.refetch()} />
      )}
      {statistics.data !== undefined && <Figures statistics={statistics.data} />}
      <Forgetting />
    </>
  );
}

function Figures({ statistics }: { statistics: Statistics }) {
  const { hits_exact, hits_semantic, misses } = statistics;
  const asked = hits_exact + hits_semantic + misses;
  return (
    <section className="panel" aria-labelledby="figures-heading">
      <h2 id="figures-heading">{t("So far")}</h2>
      {!statistics.is_available && (
        <p className="notice">{t("The cache is out of reach just now; answers are made anew.")}</p>
      )}
      <dl className="figures">
        <Figure
          name={t("Given again")}
          value={percent(asked === 0 ? 0 : (hits_exact + hits_semantic) / asked)}
        />
        <Figure name={t("The same question")} value={count(hits_exact)} />
        <Figure name={t("One that means the same")} value={count(hits_semantic)} />
        <Figure name={t("Answered anew")} value={count(misses)} />
        <Figure name={t("Kept questions")} value={count(statistics.questions)} />
        <Figure name={t("Tokens saved")} value={count(statistics.saved_tokens)} />
        <Figure name={t("Money saved")} value={money(statistics.saved_micro_usd)} />
      </dl>
    </section>
  );
}

function Forgetting() {
  const [course, setCourse] = useState("");
  const [isAsking, setAsking] = useState(false);
  const queries = useQueryClient();
  const notify = useNotify();
  const subjects = useSubjects();
  const where = course === "" ? t("every course") : `“${subjects.nameOf(course) ?? course}”`;
  return (
    <section className="panel" aria-labelledby="purge-heading">
      <h2 id="purge-heading">{t("Forget kept answers")}</h2>
      <p>
        {t(
          "Seldom needed: an answer is not given again once the material, the prompt or the model of its course has changed.",
        )}
      </p>
      <form
        className="line-form"
        onSubmit={(event) => {
          event.preventDefault();
          setAsking(true);
        }}
      >
        <SelectField<string>
          label={t("Answers of")}
          options={[["", t("Every course")], ...subjects.courses]}
          value={course}
          onChange={setCourse}
        />
        <button type="submit" className="button danger">
          {t("Forget them")}
        </button>
      </form>
      {isAsking && (
        <ConfirmDialog
          title={t("Forget the kept answers of {where}?", { where })}
          act={t("Forget them")}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            const { answers } = await body(
              api.POST("/api/v1/admin/cache/purge", {
                body: course === "" ? {} : { course },
              }),
            );
            notify(
              t("{answers} forgotten.", {
                answers: counted(answers, t("answer is"), t("answers are")),
              }),
            );
            await queries.invalidateQueries({ queryKey: ["cache"] });
          }}
        >
          <p>{t("The next time each question is asked, it is answered anew.")}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}
