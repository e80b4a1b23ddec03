/** A moment as a field of the kind datetime-local has it, in the browser's time zone. */
export function localText(ms: number): string {
  const shifted = ms - new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(shifted).toISOString().slice(0, 16);
}

/** What such a field says, as RFC 3339 in UTC; "" when it says nothing. */
export function momentOfLocal(text: string): string {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? "" : new Date(ms).toISOString();
}
