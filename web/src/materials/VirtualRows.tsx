import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";

const ROW_PX = 76;
const BEYOND_VIEW = 8;

interface Props<Item> {
  items: readonly Item[];
  /** How many there are in all, shown or not. */
  total: number;
  keyOf: (item: Item) => string;
  /** Called when the last of the items comes into view. */
  onEnd: () => void;
  children: (item: Item) => ReactNode;
}

/** A list of any length in the page's own scroll, of which only what is in view is drawn. */
export function VirtualRows<Item>({ items, total, keyOf, onEnd, children }: Props<Item>) {
  const list = useRef<HTMLUListElement>(null);
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => ROW_PX,
    overscan: BEYOND_VIEW,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => keyOf(items[index] as Item),
  });
  const drawn = rows.getVirtualItems();
  const lastDrawn = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastDrawn >= items.length - 1) onEnd();
    // Only what is in view calls for more, not each new `onEnd`.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [lastDrawn, items.length]);
  return (
    <ul ref={list} className="virtual-rows" style={{ height: rows.getTotalSize() }}>
      {drawn.map((row) => (
        <li
          key={row.key}
          ref={rows.measureElement}
          data-index={row.index}
          aria-setsize={total}
          aria-posinset={row.index + 1}
          style={{ transform: `translateY(${row.start - rows.options.scrollMargin}px)` }}
        >
          {children(items[row.index] as Item)}
        </li>
      ))}
    </ul>
  );
}
