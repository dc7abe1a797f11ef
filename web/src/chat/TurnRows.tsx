import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

import { t } from "../words/words";

const TURN_PX = 420;
const GAP_PX = 32;
const BEYOND_VIEW = 3;
const NEAR_END_PX = 160;

interface Props {
  /** Stands for the conversation: another one begins at its end. */
  of: string;
  count: number;
  /** Stays a turn's own when earlier ones come before it. */
  keyOf: (place: number) => string;
  /** Whether a question has just been asked: it comes into view. */
  isAsking: boolean;
  hasEarlier: boolean;
  hasFailed: boolean;
  onEarlier: () => void;
  children: (place: number) => ReactNode;
}

/** The turns of a conversation of any length, of which only what is in view is drawn.
 *
 * The end stays in view while it grows, unless the person has scrolled away from it; earlier turns
 * are called for when the first one comes into view. For printing all that were read are drawn.
 */
export function TurnRows(props: Props) {
  const { of, count, keyOf, isAsking, hasEarlier, hasFailed, onEarlier, children } = props;
  const list = useRef<HTMLDivElement>(null);
  // No state: to draw anew between press and release would lose the click.
  const focused = useRef<number | null>(null);
  const isPrinting = usePrinting();
  const rows = useVirtualizer({
    count,
    getScrollElement: () => list.current?.parentElement ?? null,
    estimateSize: () => TURN_PX,
    getItemKey: keyOf,
    gap: GAP_PX,
    overscan: BEYOND_VIEW,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: NEAR_END_PX,
    // What is being edited or read by keyboard stays, however far away.
    rangeExtractor: (range) => withFocused(range, focused.current),
  });
  const [isAtItsPlace, setAtItsPlace] = useState(false);
  useLayoutEffect(() => {
    rows.scrollToEnd();
    setAtItsPlace(false);
    const frame = requestAnimationFrame(() => setAtItsPlace(count > 0));
    return () => cancelAnimationFrame(frame);
    // Only another conversation begins at its end.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [of, count > 0]);

  useEffect(() => {
    if (isAsking) rows.scrollToEnd();
    // Only as the question is asked.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [isAsking]);

  const drawn = rows.getVirtualItems();
  const first = rows.range?.startIndex ?? null;
  useEffect(() => {
    if (first === 0 && isAtItsPlace && hasEarlier && !hasFailed) onEarlier();
  }, [first, isAtItsPlace, hasEarlier, hasFailed, onEarlier]);

  if (isPrinting) return <div>{Array.from({ length: count }, (_, place) => children(place))}</div>;
  return (
    <>
      {hasEarlier && (
        <p className="earlier fine-print" role="status">
          {hasFailed ? (
            <button type="button" className="button quiet" onClick={onEarlier}>
              {t("Earlier messages could not be read. Try again")}
            </button>
          ) : (
            t("Reading earlier messages…")
          )}
        </p>
      )}
      <div
        ref={list}
        className="turn-rows"
        style={{ height: rows.getTotalSize() }}
        onBlur={() => {
          focused.current = null;
        }}
      >
        {drawn.map((row) => (
          <div
            key={row.key}
            ref={rows.measureElement}
            data-index={row.index}
            style={{ transform: `translateY(${row.start}px)` }}
            onFocus={() => {
              focused.current = row.index;
            }}
          >
            {children(row.index)}
          </div>
        ))}
      </div>
    </>
  );
}

function withFocused(range: Range, focused: number | null): number[] {
  const places = defaultRangeExtractor(range);
  if (focused === null || focused >= range.count || places.includes(focused)) return places;
  return [...places, focused].sort((one, other) => one - other);
}

function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const begin = () => flushSync(() => setPrinting(true));
    const end = () => setPrinting(false);
    window.addEventListener("beforeprint", begin);
    window.addEventListener("afterprint", end);
    return () => {
      window.removeEventListener("beforeprint", begin);
      window.removeEventListener("afterprint", end);
    };
  }, []);
  return isPrinting;
}
