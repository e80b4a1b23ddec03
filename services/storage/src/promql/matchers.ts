import type { LabelMatcher } from "@sightline/query/promql/ast";
import type { Labels } from "@sightline/query/promql/labels";
import { createMatch } from "@sightline/query/promql/matcher";
import { MADE_LABELS } from "./series-labels.ts";

/** The conditions that the database looks at, as parameters. */
export function matcherParams(matchers: readonly LabelMatcher[]) {
  const stored = matchers.filter((matcher) => !isOnMadeLabel(matcher));
  const of = (operator: LabelMatcher["operator"]) => stored.filter((matcher) => matcher.operator === operator);
  const names = (operator: LabelMatcher["operator"]) => of(operator).map(({ name }) => name);
  const values = (operator: LabelMatcher["operator"]) => of(operator).map(({ value }) => value);
  const patterns = (operator: LabelMatcher["operator"]) => of(operator).map(({ value }) => `(?s)^(?:${value})$`);
  return {
    equalNames: names("="),
    equalValues: values("="),
    otherNames: names("!="),
    otherValues: values("!="),
    matchNames: names("=~"),
    matchPatterns: patterns("=~"),
    noMatchNames: names("!~"),
    noMatchPatterns: patterns("!~"),
  };
}

/** Whether a condition is on a label that shows only when a series has its labels. */
export function isOnMadeLabel({ name }: LabelMatcher): boolean {
  return MADE_LABELS.has(name);
}

/** Whether the database can tell which series are selected of some metrics; otherwise all of them are read. */
export function selectsInDatabase(matchers: readonly LabelMatcher[]): boolean {
  return matchers.some((matcher) => !isOnMadeLabel(matcher));
}

/** The conditions that the database looks at, looked at here. */
export function createStoredLabelsMatch(
  matchers: readonly LabelMatcher[],
): (attributes: ReadonlyMap<string, string>) => boolean {
  const tests = matchers
    .filter((matcher) => !isOnMadeLabel(matcher))
    .map((matcher) => ({ name: matcher.name, matches: createMatch(matcher) }));
  return (attributes) => tests.every(({ name, matches }) => matches(attributes.get(name) ?? ""));
}

/** The conditions that only show when a series has its labels. */
export function createMadeLabelsMatch(matchers: readonly LabelMatcher[]): (labels: Labels) => boolean {
  const tests = matchers
    .filter(isOnMadeLabel)
    .map((matcher) => ({ name: matcher.name, matches: createMatch(matcher) }));
  return (labels) =>
    tests.every(({ name, matches }) => matches(labels.find((label) => label.name === name)?.value ?? ""));
}
