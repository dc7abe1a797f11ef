import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../api/client";
import { Field } from "../session/Field";
import { useSubmit } from "../session/useSubmit";
import { Dialog } from "../shell/Dialog";
import { useNotify } from "../shell/Notices";
import { ProblemLine } from "../shell/ProblemLine";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";

const LONGEST_QUESTION = 500;
const LONGEST_BODY = 5000;

/** A correction as the form begins with it: of an answer, of a question, or one made before. */
export interface Wanted {
  question: string;
  body: string;
  messageId: string | null;
  correctionId?: string;
}

interface Props {
  courseId: string;
  wanted: Wanted;
  onClose: () => void;
}

/** Says what is right in place of an answer. */
export function CorrectionDialog({ courseId, wanted, onClose }: Props) {
  const [question, setQuestion] = useState(wanted.question.slice(0, LONGEST_QUESTION));
  const [said, setSaid] = useState(wanted.body);
  const queries = useQueryClient();
  const notify = useNotify();
  const { isBusy, problem, submit } = useSubmit(async () => {
    if (wanted.correctionId === undefined) {
      await api.POST("/api/v1/courses/{course}/corrections", {
        params: { path: { course: courseId } },
        body: { question, body: said, message_id: wanted.messageId },
      });
    } else {
      await api.PUT("/api/v1/corrections/{correction_id}", {
        params: { path: { correction_id: wanted.correctionId } },
        body: { question, body: said },
      });
    }
    void queries.invalidateQueries({ queryKey: ["doubtful", courseId] });
    void queries.invalidateQueries({ queryKey: ["corrections", courseId] });
    notify(t("The tutor answers by your correction from now on."));
    onClose();
  });
  return (
    <Dialog title={t("Correction by the teacher")} onClose={onClose} isWide>
      <form className="form wide" onSubmit={submit}>
        <Field
          label={t("Question")}
          hint={t("It becomes material of the course: leave out whose question it was.")}
          required
          maxLength={LONGEST_QUESTION}
          value={question}
          onChange={setQuestion}
        />
        <TextField
          label={t("What is right")}
          hint={t("In the words that learners are to read. Formulas in LaTeX between dollar signs.")}
          rows={8}
          required
          maxLength={LONGEST_BODY}
          value={said}
          onChange={setSaid}
        />
        {wanted.messageId !== null && (
          <p className="fine-print">
            {t("Who asked sees it beside the answer, and is told.")}
          </p>
        )}
        <ProblemLine problem={problem} />
        <div className="form-actions">
          <button type="submit" className="button primary" disabled={isBusy}>
            {t("Save")}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {t("Close")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
