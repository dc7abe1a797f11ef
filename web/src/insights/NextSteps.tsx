import { Link } from "react-router";

import { t } from "../words/words";
import { makePath, type Steps } from "./steps";

interface Props extends Steps {
  question: string;
  messageId: string | null;
}

/** One step from a question to what answers it. */
export function NextSteps({ slug, onCorrect, question, messageId }: Props) {
  if (onCorrect === null) return null;
  const about = <span className="visually-hidden">: {question}</span>;
  return (
    <>
      <button
        type="button"
        className="button"
        onClick={() => onCorrect({ question, body: "", messageId })}
      >
        {messageId === null ? t("Say what is right") : t("Correct this answer")}
        {about}
      </button>
      <Link className="button quiet" to={`/courses/${slug}/materials`}>
        {t("Add material")}
        {about}
      </Link>
      <Link className="button quiet" to={makePath(slug, "lesson", question)}>
        {t("Make a lesson")}
        {about}
      </Link>
    </>
  );
}
