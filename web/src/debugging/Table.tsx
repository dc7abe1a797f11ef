import type { ReactNode } from "react";

import { t } from "../words/words";

interface Props {
  label: string;
  heads: readonly string[];
  /** What is said where there are no rows. */
  empty: string;
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
}

/** Rows of figures below their heads, with a way to scroll by keyboard. */
export function Table({ label, heads, empty, rows }: Props) {
  if (rows.length === 0) return <p className="fine-print">{empty}</p>;
  return (
    <div className="table-scroll" role="region" aria-label={t("{name}, row by row", { name: label })} tabIndex={0}>
      <table className="dense">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, index) => (
                <td key={heads[index]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
