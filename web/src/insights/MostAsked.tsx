import type { components } from "../api/schema";
import { counted } from "../shell/formats";
import { t } from "../words/words";
import { NextSteps } from "./NextSteps";
import type { Steps } from "./steps";

type Cluster = components["schemas"]["AskedOftenRead"];

interface Props extends Steps {
  clusters: readonly Cluster[];
}

/** What many asked, in their words; each group of at least five learners. */
export function MostAsked({ clusters, ...steps }: Props) {
  return (
    <section className="panel" aria-labelledby="most-asked-heading">
      <h2 id="most-asked-heading">{t("What was asked most")}</h2>
      {clusters.length === 0 && (
        <p className="empty-state">
          {t("Nothing was asked by five learners yet. Questions are gathered within minutes.")}
        </p>
      )}
      <ol className="plain-rows">
        {clusters.map((cluster) => (
          <ClusterRow key={cluster.cluster_id} cluster={cluster} {...steps} />
        ))}
      </ol>
    </section>
  );
}

function ClusterRow({ cluster, ...steps }: { cluster: Cluster } & Steps) {
  const [first = "", ...others] = cluster.examples;
  return (
    <li className="wrapping">
      <div className="row-text">
        <p className="row-title">{first}</p>
        {others.map((example) => (
          <p key={example} className="fine-print">
            {example}
          </p>
        ))}
        <p className="fine-print">
          {t("{questions} of {learners}", {
            questions: counted(cluster.questions, t("question"), t("questions")),
            learners: counted(cluster.learners, t("learner"), t("learners")),
          })}
          {cluster.doubtful > 0 && (
            <>
              {" · "}
              {t("{doubtful} without a good answer", { doubtful: cluster.doubtful })}
            </>
          )}
        </p>
      </div>
      <div className="row-actions">
        <NextSteps {...steps} question={first} messageId={null} />
      </div>
    </li>
  );
}
