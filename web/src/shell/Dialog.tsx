import { type ReactNode, useId, useLayoutEffect, useRef } from "react";

interface Props {
  title: string;
  onClose: () => void;
  /** Whether it needs more room than a form does. */
  isWide?: boolean;
  children: ReactNode;
}

/** A modal question above the view; Escape and a click beside it leave it, where one was before. */
export function Dialog({ title, onClose, isWide = false, children }: Props) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      // What is below an open dialog cannot be focused.
      shown?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={isWide ? "dialog wide" : "dialog"}
      aria-labelledby={id}
      onClose={() => {
        // The event comes late: the dialog may have been opened anew meanwhile.
        if (dialog.current?.open !== true) onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className="dialog-body">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
