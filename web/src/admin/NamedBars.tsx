import type { Measured } from "./bars";
import { t } from "../words/words";

const AT_MOST = 20;

interface Props {
  title: string;
  items: readonly Measured[];
  words: (value: number) => string;
}

/** Amounts by name, the largest first, each with a bar beside it. */
export function NamedBars({ title, items, words }: Props) {
  const largest = [...items].sort((one, other) => other.value - one.value).slice(0, AT_MOST);
  const top = Math.max(1, largest[0]?.value ?? 0);
  return (
    <figure className="chart">
      <figcaption>
        {title}
        {items.length > AT_MOST && (
          <span className="fine-print"> {t("(the largest {amount})", { amount: AT_MOST })}</span>
        )}
      </figcaption>
      <ul className="named-bars">
        {largest.map((item) => (
          <li key={item.key}>
            <span>{item.name}</span>
            <meter min={0} max={top} value={item.value} aria-hidden="true" />
            <span className="number">{words(item.value)}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
