import { quote } from "@sightline/gotext/quote";
import { compilePattern } from "@sightline/regex/pattern";
import { compareBytes, labelValue } from "../label-order.ts";
import type { Labels } from "../notification.ts";

/** How a label's value is compared, in the order in which Alertmanager sorts them. */
export const MATCH_OPERATORS = ["=", "!=", "=~", "!~"] as const;

export type MatchOperator = (typeof MATCH_OPERATORS)[number];

/** A condition on one label, as it is written and stored. */
export interface MatcherSource {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

/** A condition on one label. */
export interface Matcher extends MatcherSource {
  /** Whether a value fulfils it; a label that is not there has the value "". */
  matches(value: string): boolean;
}

/** Makes a matcher. Throws invalid_argument with Go's text where the pattern is wrong. */
export function createMatcher({ name, operator, value }: MatcherSource): Matcher {
  return { name, operator, value, matches: createTest(operator, value) };
}

function createTest(operator: MatchOperator, value: string): (text: string) => boolean {
  switch (operator) {
    case "=":
      return (text) => text === value;
    case "!=":
      return (text) => text !== value;
    case "=~":
      return createPatternTest(value);
    case "!~": {
      const test = createPatternTest(value);
      return (text) => !test(text);
    }
  }
}

/**
 * Alertmanager's dot is no line feed, and it differs from Prometheus in that. Where a text has none it makes no difference, and
 * patterns whose dot is any character need no automaton as often.
 */
function createPatternTest(value: string): (text: string) => boolean {
  const exact = compilePattern(value, { anchored: true, dotMatchesNewline: false });
  const quick = compilePattern(value, { anchored: true, dotMatchesNewline: true });
  return (text) => (text.includes("\n") ? exact.matches(text) : quick.matches(text));
}

/** Whether the labels fulfil all of the matchers; with none, always. */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  for (const matcher of matchers) if (!matcher.matches(labelValue(labels, matcher.name))) return false;
  return true;
}

/** The first matcher that the labels do not fulfil, or undefined. */
export function firstMismatch(matchers: readonly Matcher[], labels: Labels): Matcher | undefined {
  return matchers.find((matcher) => !matcher.matches(labelValue(labels, matcher.name)));
}

/** Matchers in Alertmanager's order: by name, value and operator. */
export function sortMatchers<T extends MatcherSource>(matchers: readonly T[]): T[] {
  return [...matchers].sort(
    (a, b) =>
      compareBytes(a.name, b.name) ||
      compareBytes(a.value, b.value) ||
      MATCH_OPERATORS.indexOf(a.operator) - MATCH_OPERATORS.indexOf(b.operator),
  );
}

/** What has a meaning in the language of matchers: such names have to be in quotes. Spaces are those of Go's unicode.IsSpace. */
const reserved = /[\t\n\v\f\r\u0085\p{Z}{}!=~,\\"'`]/u;

/** The matcher as Alertmanager prints it, `team="x"`. Group keys are made of this: its form is for ever. */
export function formatMatcher({ name, operator, value }: MatcherSource): string {
  // Alertmanager leaves an empty name out, and cannot read that again.
  if (name === "" || reserved.test(name)) return `${quote(name)}${operator}${quote(value)}`;
  return `${name}${operator}"${value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"')}"`;
}

/** Matchers as Alertmanager prints them, `{env="a",team=~"x|y"}`, in the order given. */
export function formatMatchers(matchers: readonly MatcherSource[]): string {
  return `{${matchers.map(formatMatcher).join(",")}}`;
}

/** A matcher in the JSON of Alertmanager's API v2. */
export interface MatcherJson {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  /** Default: true. */
  readonly isEqual?: boolean | undefined;
}

/** The matcher in the JSON of Alertmanager's API v2. */
export function matcherToJson({ name, operator, value }: MatcherSource): MatcherJson {
  return { name, value, isRegex: operator.endsWith("~"), isEqual: operator.startsWith("=") };
}

/** The matcher that JSON of Alertmanager's API v2 says. Throws invalid_argument where its pattern is wrong. */
export function matcherFromJson({ name, value, isRegex, isEqual = true }: MatcherJson): Matcher {
  const operator = isRegex ? (isEqual ? "=~" : "!~") : isEqual ? "=" : "!=";
  return createMatcher({ name, operator, value });
}
