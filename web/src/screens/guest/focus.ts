/** Where the focus goes when what had it is gone: who cannot see a page would be at its beginning. */

import { type RefObject, useLayoutEffect, useRef } from "react";

/** The screen is read from its heading on. */
export function readFromHeading(): void {
  document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
}

/** For a part that may go while the focus is in it: the heading has it then. */
export function useFocusLeft<Part extends HTMLElement>(): RefObject<Part | null> {
  const part = useRef<Part>(null);
  useLayoutEffect(() => {
    const gone = part.current;
    return () => {
      if (gone?.contains(document.activeElement)) readFromHeading();
    };
  }, []);
  return part;
}
