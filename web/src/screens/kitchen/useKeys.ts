/** The whole kitchen without a mouse: one key, one action. */

import { useEffect, useRef } from "react";

export interface Keys {
  select: (place: number) => void;
  move: (step: number) => void;
  rows: (step: number) => void;
  bump: () => void;
  undo: () => void;
  recall: () => void;
  rush: () => void;
  allDay: () => void;
  eightySix: () => void;
  leave: () => void;
}

export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    function pressed(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isBusy(event.target)) return;
      const action = actionOf(event.key, latest.current);
      if (action === null) return;
      // A key that is held down moves on and on, but does nothing else twice: nor does a button by it.
      const again = event.repeat && !event.key.startsWith("Arrow");
      if (event.key === "Enter" && isPressed(event.target) && !again) return;
      event.preventDefault();
      if (!again) action();
    }
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

/** Somebody is writing, choosing, or in a dialog: keys are theirs. */
function isBusy(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, select, textarea, dialog") !== null;
}

/** Enter is for what has the focus, where that can be pressed. */
function isPressed(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("button, summary");
}

function actionOf(key: string, keys: Keys): (() => void) | null {
  if (/^[1-9]$/.test(key)) return () => keys.select(Number(key) - 1);
  switch (key) {
    case "ArrowRight":
      return () => keys.move(1);
    case "ArrowLeft":
      return () => keys.move(-1);
    case "ArrowDown":
      return () => keys.rows(1);
    case "ArrowUp":
      return () => keys.rows(-1);
    case "Enter":
      return keys.bump;
    case "Escape":
      return keys.leave;
  }
  switch (key.toLowerCase()) {
    case "u":
      return keys.undo;
    case "r":
      return keys.recall;
    case "s":
      return keys.rush;
    case "a":
      return keys.allDay;
    case "x":
      return keys.eightySix;
    default:
      return null;
  }
}
