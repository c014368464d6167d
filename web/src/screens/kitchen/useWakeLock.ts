/** A kitchen's screen must not go dark. */

import { useEffect, useState } from "react";

/** Whether the device promises to stay awake while this is shown. */
export function useWakeLock(): boolean {
  const [awake, setAwake] = useState(false);
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let over = false;
    async function ask(): Promise<void> {
      if (over || document.visibilityState !== "visible" || lock !== null) return;
      try {
        lock = await navigator.wakeLock.request("screen");
        lock.addEventListener("release", released);
        setAwake(true);
        if (over) void lock.release();
      } catch {
        setAwake(false); // low battery, or an address that is not secure
      }
    }
    function released(): void {
      lock = null;
      setAwake(false);
    }
    void ask();
    document.addEventListener("visibilitychange", ask);
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", ask);
      void lock?.release();
    };
  }, []);
  return awake;
}
