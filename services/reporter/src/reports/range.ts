import { invalid } from "@sightline/errors/app-error";
import { nanosOfMs, type TimeRange } from "@sightline/model/time";

const dayNano = 86_400_000_000_000n;
const mostNano = 366n * dayNano;

/**
 * The time that a request for a report means: an end not given is now, a start not given a day before the end.
 *
 * @param nowMs milliseconds since the Unix epoch
 * @throws AppError invalid_argument when it is empty or longer than a year
 */
export function reportRange({ startUnixNano, endUnixNano }: TimeRange, nowMs: number): TimeRange {
  const end = endUnixNano === 0n ? nanosOfMs(nowMs) : endUnixNano;
  const start = startUnixNano === 0n ? end - dayNano : startUnixNano;
  if (start >= end) throw invalid(`cannot make a report: got start ${start} and end ${end}, want start before end`);
  if (end - start > mostNano) {
    throw invalid(`cannot make a report: got ${(end - start) / dayNano} days, want at most ${mostNano / dayNano}`);
  }
  return { startUnixNano: start, endUnixNano: end };
}
