import type { Matcher } from "@sightline/alertmanager/matcher/matcher";
import { parseMatcher } from "@sightline/alertmanager/matcher/parse-matchers";
import type { Labels } from "@sightline/alertmanager/notification";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { AlertFilter } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { compilePattern } from "@sightline/regex/pattern";

/** Which of the alerts are asked for (api/v2/api.go, alertFilter and matchFilterLabels). */
export interface ReadFilter {
  matchesLabels(labels: Labels): boolean;
  matchesReceiver(receiver: string): boolean;
}

/** Makes it. Throws invalid_argument with Alertmanager's words. `labelsOf` tells the labels of a receiver. */
export function readFilter(
  { matchers, receiver, receiverMatchers }: AlertFilter,
  labelsOf: (receiver: string) => Labels,
): ReadFilter {
  const byLabels = readMatchers(matchers);
  const byReceiverLabels = prefixed("receiver_matchers", () => readMatchers(receiverMatchers));
  const pattern = receiver === "" ? undefined : prefixed("receiver", () => patternOf(receiver));
  return {
    matchesLabels: (labels) => matchesFilter(byLabels, labels),
    matchesReceiver: (name) =>
      (pattern === undefined || pattern.matches(name)) && matchesFilter(byReceiverLabels, labelsOf(name)),
  };
}

/** The matchers of a filter, each written for itself. Throws invalid_argument with Alertmanager's words. */
export function readMatchers(texts: readonly string[]): Matcher[] {
  return texts.map((text) => parseMatcher(text));
}

/**
 * Not quite the same as an alert being matched: a filter for the empty text is about whether the label is there at all. `a=""` wants
 * alerts without it, `a!=""` with it.
 */
export function matchesFilter(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every(({ name, operator, value, matches }) => {
    const present = Object.hasOwn(labels, name);
    const isNegative = operator === "!=" || operator === "!~";
    if (value === "" && present === isNegative) return true;
    return matches(present ? (labels[name] ?? "") : "");
  });
}

function patternOf(source: string) {
  return compilePattern(source, { anchored: true, dotMatchesNewline: false });
}

function prefixed<T>(parameter: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw invalid(`failed to parse ${parameter} param: ${AppError.from(thrown).message}`, thrown);
  }
}
