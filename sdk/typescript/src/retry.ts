/** When it may be worth another try. */

/** The header in ms; its other form, a date, is not used here. */
export function retryAfter(response: Response): number {
  const seconds = response.headers.get("retry-after") ?? "";
  return /^\d+$/.test(seconds) ? Number(seconds) * 1000 : 0;
}
