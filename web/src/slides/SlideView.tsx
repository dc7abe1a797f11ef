import { FigureView } from "../content/FigureView";
import { Prose, ProseLine } from "../content/Prose";
import type { Plot, Slide, SlideDeck, Table } from "../content/values";
import { t } from "../words/words";
import { plotLine } from "./plotLine";

interface Props {
  slide: Slide;
  theme: SlideDeck["theme"];
}

/** What one slide shows, about as it is typeset. */
export function SlideView({ slide, theme }: Props) {
  return (
    <div className="slide" data-slide-theme={theme}>
      <p className="slide-heading">
        <ProseLine text={slide.heading} />
      </p>
      {slide.points.length > 0 && (
        <ul>
          {slide.points.map((point, n) => (
            // Points may say the same while they are written.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={n}>
              <ProseLine text={point} />
            </li>
          ))}
        </ul>
      )}
      {slide.formula !== "" && <Prose text={`$$\n${slide.formula}\n$$`} />}
      {slide.code !== null && (
        <pre>
          <code>{slide.code.text}</code>
        </pre>
      )}
      {slide.table !== null && <SlideTable table={slide.table} />}
      {slide.plot !== null && <SlidePlot plot={slide.plot} />}
      {slide.figure != null && <FigureView figure={slide.figure} />}
    </div>
  );
}

function SlideTable({ table }: { table: Table }) {
  return (
    <table>
      <thead>
        <tr>
          {table.header.map((cell) => (
            <th key={cell} scope="col">
              {cell}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row) => (
          <tr key={row.join("|")}>
            {row.map((cell, n) => (
              // A row may hold the same cell twice.
              // oxlint-disable-next-line react/no-array-index-key
              <td key={n}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SlidePlot({ plot }: { plot: Plot }) {
  return (
    <figure className="slide-plot">
      <svg viewBox="0 0 320 140" role="img" aria-label={`${plot.y_label} against ${plot.x_label}`}>
        <path d="M 8 4 V 132 H 316" className="axes" />
        <polyline points={plotLine(plot.points)} />
      </svg>
      <figcaption>
        {t("{yLabel} against {xLabel}", { yLabel: plot.y_label, xLabel: plot.x_label })}
      </figcaption>
    </figure>
  );
}
