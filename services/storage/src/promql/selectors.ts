import { invalid } from "@sightline/errors/app-error";
import type { LabelMatcher } from "@sightline/query/promql/ast";
import { readQuery } from "@sightline/query/promql/engine";

/** Reads selectors such as `up{job="api"}`. Throws invalid_argument with the position, and for what is no selector. */
export function readSelectors(texts: readonly string[]): (readonly LabelMatcher[])[] {
  return texts.map((text) => {
    const { expression } = readQuery(text);
    if (expression.kind === "vector-selector") return expression.matchers;
    throw invalid(`invalid parameter "match[]": got ${JSON.stringify(text)}, want a series selector`);
  });
}
