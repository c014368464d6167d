/** UUIDs of version 7: they sort by when they were made, also on a device whose clock is wrong. */

let lastTime = 0;
let lastCount = 0;

/** A new id. Of two made on this page, the later one sorts after the earlier. */
export function newId(now = Date.now()): string {
  lastCount = now > lastTime ? 0 : lastCount + 1;
  lastTime = Math.max(now, lastTime);
  if (lastCount > 0xfff) {
    lastTime += 1;
    lastCount = 0;
  }
  const random = crypto.getRandomValues(new Uint8Array(8));
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80;
  const time = hex(lastTime, 12);
  const tail = [...random].map((byte) => hex(byte, 2)).join("");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(lastCount, 3)}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

/** When an id of version 7 was made, in ms since the epoch; null for another id. */
export function madeAt(id: string): number | null {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7/i.test(id)
    ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
    : null;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
