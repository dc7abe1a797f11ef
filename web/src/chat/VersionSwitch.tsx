import { t } from "../words/words";
import type { Versions } from "./forks";

interface Props {
  versions: Versions;
  /** What there are several of. */
  of: "question" | "answer";
  onShow: (leaf: string) => void;
}

const NAMES = {
  question: {
    all: t("Versions of this question"),
    earlier: t("Earlier version of this question"),
    later: t("Later version of this question"),
  },
  answer: {
    all: t("Versions of this answer"),
    earlier: t("Earlier version of this answer"),
    later: t("Later version of this answer"),
  },
};

/** Which of the messages that stand in one place is shown, and the way to the others. */
export function VersionSwitch({ versions, of, onShow }: Props) {
  const { number, count, earlier, later } = versions;
  return (
    <span role="group" className="versions" aria-label={NAMES[of].all}>
      <StepButton name={NAMES[of].earlier} leaf={earlier} onShow={onShow}>
        ‹
      </StepButton>
      <span role="status">
        <span aria-hidden="true">
          {number} / {count}
        </span>
        <span className="visually-hidden">
          {t("Version {number} of {count}", { number, count })}
        </span>
      </span>
      <StepButton name={NAMES[of].later} leaf={later} onShow={onShow}>
        ›
      </StepButton>
    </span>
  );
}

interface StepProps {
  name: string;
  leaf: string | null;
  onShow: (leaf: string) => void;
  children: string;
}

function StepButton({ name, leaf, onShow, children }: StepProps) {
  return (
    <button
      type="button"
      className="button quiet icon"
      aria-label={name}
      aria-disabled={leaf === null}
      onClick={() => {
        if (leaf !== null) onShow(leaf);
      }}
    >
      <span aria-hidden="true">{children}</span>
    </button>
  );
}
