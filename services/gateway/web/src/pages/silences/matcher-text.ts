import type { Matcher } from "../../api/silences.ts";

/** A matcher while it is written. */
export interface MatcherDraft {
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
}

export const OPERATORS = ["=", "!=", "=~", "!~"] as const;
export type Operator = (typeof OPERATORS)[number];

/** A new silence that would be about alerts with these labels: the address that notices have. */
export function addressOfSilence(labels: Readonly<Record<string, string>>): string {
  return `/silences/new?filter=${encodeURIComponent(textOfLabels(labels))}`;
}

/** Labels as matchers that want just them: {team="a"}. */
export function textOfLabels(labels: Readonly<Record<string, string>>): string {
  return textOfMatchers(Object.entries(labels).map(([name, value]) => ({ name, operator: "=", value })));
}

/** Matchers as they are written in alertmanager.yml: {team="a",env=~"x|y"}. */
export function textOfMatchers(matchers: readonly MatcherDraft[]): string {
  return `{${matchers.map(textOfMatcher).join(",")}}`;
}

const plainName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** One of them: team="a". */
export function textOfMatcher({ name, operator, value }: MatcherDraft): string {
  return `${plainName.test(name) ? name : JSON.stringify(name)}${operator}${JSON.stringify(value)}`;
}

/** As Alertmanager's API has it. */
export function matcherOfDraft({ name, operator, value }: MatcherDraft): Matcher {
  return { name, value, isRegex: operator.endsWith("~"), isEqual: operator.startsWith("=") };
}

/** As it is written. */
export function draftOfMatcher({ name, value, isRegex, isEqual }: Matcher): MatcherDraft {
  const operator = isEqual ? (isRegex ? "=~" : "=") : isRegex ? "!~" : "!=";
  return { name, value, operator };
}

const one = /^\s*("(?:[^"\\]|\\.)*"|[^\s{}!=~,"'`\\]+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^\s{}!=~,"'`\\]*)\s*/;

/**
 * Reads matchers as links have them and people paste them, with or without braces; undefined where they are none. What is in force is
 * read by the server: this only fills in a form.
 */
export function matchersOfText(text: string): MatcherDraft[] | undefined {
  let rest = text.trim();
  if (rest.startsWith("{") && rest.endsWith("}")) rest = rest.slice(1, -1);
  const found: MatcherDraft[] = [];
  while (rest.trim() !== "") {
    const match = one.exec(rest);
    if (match === null) return undefined;
    const [whole, name = "", operator = "", value = ""] = match;
    const known = OPERATORS.find((each) => each === operator);
    if (known === undefined) return undefined;
    found.push({ name: unquoted(name), operator: known, value: unquoted(value) });
    rest = rest.slice(whole.length);
    if (rest === "") break;
    if (!rest.startsWith(",")) return undefined;
    rest = rest.slice(1);
  }
  return found;
}

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => (letter === "n" ? "\n" : letter));
}
