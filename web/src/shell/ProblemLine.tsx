/** Why something failed, in a line beside what was tried; nothing while all is well. */
export function ProblemLine({ problem }: { problem: string | null }) {
  if (problem === null) return null;
  return (
    <p role="alert" className="problem">
      {problem}
    </p>
  );
}
