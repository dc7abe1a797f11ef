const WIDTH = 80;
const HEIGHT = 16;

/** The course of some values, oldest first; the words beside it say what they are. */
export function Sparkline({ values }: { values: readonly number[] }) {
  if (values.length < 2) return null;
  const highest = Math.max(...values, 1);
  const points = values.map((value, place) => {
    const x = (place / (values.length - 1)) * WIDTH;
    const y = HEIGHT - 1 - (value / highest) * (HEIGHT - 2);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg className="sparkline" width={WIDTH} height={HEIGHT} aria-hidden="true">
      <polyline points={points.join(" ")} />
    </svg>
  );
}
