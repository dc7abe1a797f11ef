const LEFT = 8;
const TOP = 8;
const WIDTH = 304;
const HEIGHT = 120;

/** Points of a plot as the `points` of a polyline, stretched over the drawing's area. */
export function plotLine(points: readonly (readonly [number, number])[]): string {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, bottom] = [Math.min(...xs), Math.min(...ys)];
  const width = Math.max(...xs) - left || 1;
  const height = Math.max(...ys) - bottom || 1;
  return points
    .map(([x, y]) => [
      LEFT + ((x - left) / width) * WIDTH,
      TOP + HEIGHT - ((y - bottom) / height) * HEIGHT,
    ])
    .map((place) => place.map((each) => each.toFixed(1)).join(","))
    .join(" ");
}
