import { type FormEvent, useState } from "react";

import { ApiProblem } from "../api/problem";
import { t } from "../words/words";

interface Submission {
  isBusy: boolean;
  /** Why the last attempt failed, in words. */
  problem: string | null;
  submit: (event: FormEvent) => void;
}

/** Runs what a form is for, once at a time, and keeps the words of its failure. */
export function useSubmit(act: () => Promise<void>): Submission {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function run(): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      await act();
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error.message : t("That failed. Try again."));
    } finally {
      setBusy(false);
    }
  }

  return {
    isBusy,
    problem,
    submit: (event) => {
      event.preventDefault();
      if (!isBusy) void run();
    },
  };
}
