import { useId } from "react";

import { t } from "../words/words";
import { barsOf, type Measured } from "./bars";

interface Props {
  title: string;
  /** What is measured, as the head of the table's column. */
  unit: string;
  items: readonly Measured[];
  words: (value: number) => string;
}

/** Amounts side by side as bars, and the same as a table for who does not see them. */
export function BarChart({ title, unit, items, words }: Props) {
  const id = useId();
  const { bars, top } = barsOf(items);
  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption id={id}>
        {title} <span className="fine-print">{t("(at most {top})", { top: words(top) })}</span>
      </figcaption>
      <div className="bars-frame" aria-hidden="true">
        {bars.map((bar) => (
          <div key={bar.key} className="bar-place" title={`${bar.name}: ${words(bar.value)}`}>
            <svg viewBox="0 0 10 100" preserveAspectRatio="none">
              <rect x="0" width="10" y={100 - bar.height} height={bar.height} />
            </svg>
          </div>
        ))}
      </div>
      <p className="chart-ends fine-print" aria-hidden="true">
        <span>{items[0]?.name}</span>
        <span>{items.at(-1)?.name}</span>
      </p>
      <details>
        <summary>{t("As a table")}</summary>
        <div
          className="table-scroll"
          role="region"
          aria-label={t("{title}, as a table", { title })}
          tabIndex={0}
        >
          <table>
            <thead>
              <tr>
                <th scope="col">{title}</th>
                <th scope="col" className="number">
                  {unit}
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.key}>
                  <th scope="row">{item.name}</th>
                  <td className="number">{words(item.value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
