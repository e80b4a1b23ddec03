import { invalid } from "@sightline/errors/app-error";
import { formatDuration } from "@sightline/query/logql/go/duration";
import { parseDuration } from "@sightline/query/promql/durations";
import { quote } from "@sightline/query/text/quote";

const units = new Set(["y", "w", "d", "h", "m", "s", "ms"]);

/** Milliseconds of a duration as Prometheus writes them, `1h30m`. Throws invalid_argument with its text (common/model/time.go). */
export function parsePrometheusDuration(text: string): number {
  if (text === "") throw invalid("empty duration string");
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  if (/^(?:\d+\D+)+$/.test(text)) {
    const unknown = text.split(/\d+/).find((unit) => unit !== "" && !units.has(unit));
    if (unknown !== undefined) throw invalid(`unknown unit ${quote(unknown)} in duration ${quote(text)}`);
    if (isOrdered(text)) throw invalid("duration out of range");
  }
  throw invalid(`not a valid duration string: ${quote(text)}`);
}

/** Whether the units go from the longest to the shortest, so that only the numbers can be wrong. */
function isOrdered(text: string): boolean {
  return parseDuration(text.replace(/\d+/g, "1")) !== null;
}

/** A duration as Prometheus prints it. */
export function formatPrometheusDuration(ms: number): string {
  return formatDuration(Math.round(ms) * 1e6);
}
