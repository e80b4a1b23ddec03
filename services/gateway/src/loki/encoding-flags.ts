/** What clients ask for by a header, and are told that they got it (Loki's `pkg/util/httpreq/encoding_flags.go`). */
export const ENCODING_FLAGS = "x-loki-response-encoding-flags";
const CATEGORIZE = "categorize-labels";

/** Whether the header asks for labels to be told apart by where they come from. */
export function asksForCategories(flags: string): boolean {
  return flags.split(",").some((flag) => flag.trim() === CATEGORIZE);
}

/** What tells a client that it got what it asked for. */
export const CATEGORIES_GIVEN = `"encodingFlags":["${CATEGORIZE}"]`;
