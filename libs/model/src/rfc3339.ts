const NANOS_PER_SECOND = 1_000_000_000n;

/**
 * Nanoseconds since the Unix epoch as RFC 3339 in UTC, always with nine digits after the point, so that texts sort as
 * the times do: "2026-11-21T01:50:39.123456789Z".
 *
 * @param unixNano years 0000 to 9999
 */
export function formatRfc3339(unixNano: bigint): string {
  let seconds = unixNano / NANOS_PER_SECOND;
  let nanos = unixNano % NANOS_PER_SECOND;
  if (nanos < 0n) {
    seconds -= 1n;
    nanos += NANOS_PER_SECOND;
  }
  const toSecond = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${toSecond}.${nanos.toString().padStart(9, "0")}Z`;
}

const pattern = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}):(\d{2})(?:\.(\d{1,9})\d*)?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/;

/**
 * An RFC 3339 time as nanoseconds since the Unix epoch, exactly; digits below a nanosecond are cut off. A leap second
 * (:60) is the first moment of the next minute. Undefined when the text is no such time: the zone is compulsory, and
 * days must exist.
 */
export function parseRfc3339(text: string): bigint | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, date = "", minute = "", second = "", fraction = "", , sign, zoneHour = "0", zoneMinute = "0"] = match;
  const toMinuteMs = Date.parse(`${date}T${minute}:00Z`);
  // Date.parse takes "2026-02-30" for March 2nd and "24:00" for the next day; what does not print back is no time.
  if (Number.isNaN(toMinuteMs) || new Date(toMinuteMs).toISOString().slice(0, 16) !== `${date}T${minute}`) {
    return undefined;
  }
  if (Number(second) > 60 || Number(zoneHour) > 23 || Number(zoneMinute) > 59) return undefined;
  const offsetSeconds = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60 * (sign === "-" ? -1 : 1);
  const seconds = toMinuteMs / 1000 + Number(second) - offsetSeconds;
  return BigInt(seconds) * NANOS_PER_SECOND + BigInt(fraction.padEnd(9, "0"));
}
