import { readFileSync } from "node:fs";
import { invalid } from "@sightline/errors/app-error";
import { searchWords } from "@sightline/events/filter";
import { severityFromProto } from "@sightline/events/severity";
import type { TimeRange } from "@sightline/model/time";
import type { EventFilters } from "@sightline/proto/sightline/event/v1/event";
import { Severity } from "@sightline/proto/sightline/event/v1/event";
import { resolveRange, shortList, shortText } from "./bounds.ts";
import { indexTerms } from "./search-text.ts";

/** The conditions on a tenant's events, shared by every statement about them. */
export const eventConditionsSql = readFileSync(new URL("./sql/event-conditions.sql", import.meta.url), "utf8");

const MAX_SEARCH_LENGTH = 1024;
const MAX_SEARCH_WORDS = 32;

/** The range that filters ask for. */
export function eventRange(filters: EventFilters, nowMs: number): TimeRange {
  const { startTimeUnixNano, endTimeUnixNano } = filters;
  return resolveRange({ startUnixNano: startTimeUnixNano, endUnixNano: endTimeUnixNano }, nowMs, [
    "filters.start_time_unix_nano",
    "filters.end_time_unix_nano",
  ]);
}

/** The parameters of the conditions. */
export function eventParams(filters: EventFilters, range: TimeRange) {
  const words = searchWords(shortText("filters.search_text", filters.searchText, MAX_SEARCH_LENGTH));
  return {
    ...indexTerms(shortList("filters.search_text", words, MAX_SEARCH_WORDS)),
    start: range.startUnixNano,
    end: range.endUnixNano,
    types: shortList("filters.event_types", filters.eventTypes),
    severities: shortList("filters.severities", filters.severities).map(severityName),
    sources: shortList("filters.sources", filters.sources),
    categories: shortList("filters.categories", filters.categories),
    targets: shortList("filters.targets", filters.targets),
  };
}

function severityName(severity: Severity): string {
  if (severity === Severity.UNRECOGNIZED || severity > Severity.CRITICAL) {
    throw invalid(`cannot use filters.severities: got ${severity}, want 1 (debug) to 5 (critical)`);
  }
  return severityFromProto(severity);
}
