import { type Severity, severityOfLogNumber, severityRank } from "@sightline/model/severity";
import type { LogRecord } from "@sightline/proto/sightline/query/v1/query_service";

export interface LogFilters {
  readonly services: readonly string[];
  readonly minSeverity: Severity | undefined;
  readonly traceId: string;
  /** Words that must all occur, "quoted words" as one phrase, -word must not; case does not matter. */
  readonly searchText: string;
}

/** Tells of log records whether a log search of these filters would find them: for live tail. */
export function logMatcher(filters: LogFilters): (record: LogRecord) => boolean {
  const services = new Set(filters.services);
  const minRank = filters.minSeverity === undefined ? 0 : severityRank(filters.minSeverity);
  const { wanted, unwanted } = parseSearch(filters.searchText);
  return (record) => {
    if (services.size > 0 && !services.has(record.serviceName)) return false;
    if (minRank > 0 && severityRank(severityOfLogNumber(record.severityNumber)) < minRank) return false;
    if (filters.traceId !== "" && record.traceId !== filters.traceId) return false;
    const body = record.body.toLowerCase();
    return wanted.every((words) => body.includes(words)) && !unwanted.some((words) => body.includes(words));
  };
}

function parseSearch(text: string): { wanted: string[]; unwanted: string[] } {
  const wanted: string[] = [];
  const unwanted: string[] = [];
  for (const [, minus, phrase, word] of text.toLowerCase().matchAll(/(-?)(?:"([^"]*)"|([^\s"]+))/g)) {
    const words = phrase ?? word ?? "";
    if (words !== "") (minus === "-" ? unwanted : wanted).push(words);
  }
  return { wanted, unwanted };
}
