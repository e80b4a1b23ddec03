import { invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";
import { formatDuration } from "@sightline/query/logql/durations";
import { parseDuration } from "@sightline/query/promql/durations";

const units = new Set(["y", "w", "d", "h", "m", "s", "ms"]);

/** Milliseconds of a duration as Prometheus writes them, `1h30m`. Throws invalid_argument with its text (common/model/time.go). */
export function parsePrometheusDuration(text: string): number {
  const ms = text === "" ? null : parseDuration(text);
  if (ms === null) throw invalid(faultOf(text));
  return ms;
}

/** What Prometheus says against a text that is no duration: what is wrong first, from left to right. */
function faultOf(text: string): string {
  if (text === "") return "empty duration string";
  const unknown = [...text.matchAll(/(\d+)(\D*)/g)].find(([, , unit = ""]) => !units.has(unit));
  const readable = text.slice(0, unknown?.index);
  // Each unit may be there once, the longest first: with ones for numbers only that can be wrong.
  const isOrdered = readable === "" || parseDuration(readable.replace(/\d+/g, "1")) !== null;
  const [, , unit = ""] = unknown ?? [];
  if (!isOrdered || !/^\d/.test(text) || (unknown !== undefined && unit === "")) {
    return `not a valid duration string: ${quote(text)}`;
  }
  return unknown === undefined ? "duration out of range" : `unknown unit ${quote(unit)} in duration ${quote(text)}`;
}

/** A duration as Prometheus prints it. */
export function formatPrometheusDuration(ms: number): string {
  return formatDuration(Math.round(ms) * 1e6);
}
