import { describe, expect, it } from "vitest";

import { noticeWords } from "./noticeWords";

describe("a notice in words", () => {
  it("says what is corrected", () => {
    const payload = { question: "Why?" };

    expect(noticeWords({ kind: "answer.corrected", payload })).toBe(
      "A teacher corrected the answer to: Why?",
    );
  });

  it("says how an appeal was decided", () => {
    const said = [true, false].map((is_accepted) =>
      noticeWords({ kind: "appeal.decided", payload: { is_accepted } }),
    );

    expect(said).toEqual(["Your appeal was accepted.", "Your appeal was rejected."]);
  });

  it("names a job by its kind, and one it does not know as it is called", () => {
    const kinds = ["study_guide", "podcast"];
    const said = kinds.map((job_kind) =>
      noticeWords({ kind: "job.succeeded", payload: { job_kind } }),
    );

    expect(said).toEqual(["Done: a study guide", "Done: podcast"]);
  });
});
