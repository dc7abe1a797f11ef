import { useEffect, useRef } from "react";

const NEAR_END_PX = 160;

/** Keeps the end in view while `content` grows, unless the person has scrolled away from it. */
export function useStickToEnd(content: string) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const scroller = end.current?.parentElement;
    if (scroller == null) return;
    const distance = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    if (distance < NEAR_END_PX) scroller.scrollTop = scroller.scrollHeight;
  }, [content]);
  return end;
}
