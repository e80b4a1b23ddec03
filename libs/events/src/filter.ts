import type { EventFilters, SystemEvent } from "@sightline/proto/sightline/event/v1/event";

/**
 * Tells of events whether a query of these filters would find them: for live streams. Bounds of time count only where
 * they are set, limit and offset not at all. The words of `search_text` are found anywhere, inside longer words too.
 */
export function eventMatcher(filters: EventFilters): (event: SystemEvent) => boolean {
  const types = anyOf(filters.eventTypes);
  const severities = anyOf(filters.severities);
  const sources = anyOf(filters.sources);
  const categories = anyOf(filters.categories);
  const targets = anyOf(filters.targets);
  const words = searchWords(filters.searchText);
  return (event) =>
    types(event.eventType) &&
    severities(event.severity) &&
    sources(event.source) &&
    categories(event.category) &&
    targets(event.target) &&
    event.timeUnixNano >= filters.startTimeUnixNano &&
    (filters.endTimeUnixNano === 0n || event.timeUnixNano < filters.endTimeUnixNano) &&
    hasWords(event, words);
}

/** The words of a search text, in lower case. */
export function searchWords(searchText: string): string[] {
  return searchText
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
}

function anyOf<T>(wanted: readonly T[]): (value: T) => boolean {
  if (wanted.length === 0) return () => true;
  const set = new Set(wanted);
  return (value) => set.has(value);
}

function hasWords(event: SystemEvent, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const fields = [event.title, event.description, event.details, event.target, event.source, event.eventType];
  const texts = fields.map((text) => text.toLowerCase());
  return words.every((word) => texts.some((text) => text.includes(word)));
}
