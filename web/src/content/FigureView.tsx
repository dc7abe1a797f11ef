import { ProseLine } from "./Prose";
import type { Figure } from "./values";

/** A picture of the material with its caption. */
export function FigureView({ figure }: { figure: Figure }) {
  return (
    <figure className="material-figure">
      <img
        src={`data:image/png;base64,${figure.png}`}
        alt={figure.caption}
        width={figure.width}
        height={figure.height}
      />
      <figcaption>
        <ProseLine text={figure.caption} />
      </figcaption>
    </figure>
  );
}
