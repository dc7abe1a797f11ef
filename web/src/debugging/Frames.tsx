import { t } from "../words/words";
import { shortFrame } from "./times";

/** Where something waits or worked: the innermost place, and on demand all that led there. */
export function Frames({ frames }: { frames: readonly string[] }) {
  const innermost = frames.at(-1);
  if (innermost === undefined) return <span className="fine-print">{t("in the loop itself")}</span>;
  return (
    <details className="frames">
      <summary>
        <code>{shortFrame(innermost)}</code>
      </summary>
      <ol>
        {frames.map((frame, index) => (
          <li key={`${index} ${frame}`}>
            <code>{shortFrame(frame)}</code>
          </li>
        ))}
      </ol>
    </details>
  );
}
