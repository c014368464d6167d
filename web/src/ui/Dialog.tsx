import { type ReactNode, type SyntheticEvent, useId, useLayoutEffect, useRef } from "react";
import { Button } from "./Button.tsx";

interface Props {
  title: string;
  close: string;
  onClose: () => void;
  children: ReactNode;
  /** What stays in sight below, however long the rest is; unless the screen is too low for both. */
  foot?: ReactNode;
}

/**
 * A modal sheet: the browser keeps the focus in it (on `data-first` at first), Escape closes it. However it
 * goes, also if it is simply no longer drawn, the focus goes back to where it was.
 */
export function Dialog({ title, close, onClose, children, foot }: Props): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const sheet = dialog.current;
    sheet?.showModal();
    sheet?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => sheet?.close(); // while it is still on the page: the browser gives the focus back then alone
  }, []);
  const closed = ({ currentTarget }: SyntheticEvent<HTMLDialogElement>) => {
    if (!currentTarget.open) onClose(); // told late, it may have been opened again
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={closed}
      className="m-auto max-h-[90dvh] w-full max-w-lg flex-col rounded-card border border-line bg-card p-0 text-ink shadow-2xl backdrop:bg-[rgb(0_0_0/0.6)] open:flex [@media(max-height:26rem)]:open:block"
    >
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line px-5 py-3">
        <h2
          id={id}
          className="min-w-0 flex-[1_1_8rem] text-xl font-bold tracking-tight [overflow-wrap:anywhere]"
        >
          {title}
        </h2>
        <Button onClick={() => dialog.current?.close()}>{close}</Button>
      </header>
      <div className="min-h-0 flex-1 overflow-auto p-5">{children}</div>
      {foot !== undefined && <footer className="border-t border-line px-5 py-3">{foot}</footer>}
    </dialog>
  );
}
