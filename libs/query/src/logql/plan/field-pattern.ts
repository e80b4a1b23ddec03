import type { ComparisonOperator, LabelMatcher, Quantity } from "../ast.ts";

/** What a line is written in whose fields a parser makes labels of. */
export type FieldFormat = "json" | "logfmt";

/**
 * A key of JSON that is written with escapes, which may come to any name: behind one of them the string goes on to its end and a colon.
 * Values are not followed by one.
 */
export const ESCAPED_KEY = '(?s)\\\\.(?:[^"\\\\]|\\\\.)*"[ \\t\\r\\n]*:';

/**
 * A pattern, with RE2's syntax, that every line matches of which the parser makes a label of that name whose value passes the test; lines of
 * JSON that match `ESCAPED_KEY` apart. It also matches others: a field further behind of the same name, or of an object whose own
 * name does not fit. Undefined where it would leave out too little to be worth it.
 */
export function numberFieldPattern(
  format: FieldFormat,
  name: string,
  { operator, value }: { readonly operator: ComparisonOperator; readonly value: Quantity },
): string | undefined {
  // Durations and sizes are strings of many forms.
  if (value.kind !== "number") return undefined;
  const passing = passingNumbers(operator, value.value);
  return passing === undefined ? undefined : fieldPattern(format, name, [...passing, ...unusualNumbers(format)]);
}

/** The same for a comparison of texts. */
export function textFieldPattern(format: FieldFormat, { name, operator, value }: LabelMatcher): string | undefined {
  // Of what is written with escapes it shows only when it is read.
  const texts = (pattern: string) => fieldPattern(format, name, [`"?(?:${pattern})`, '"[^"\\\\]*\\\\']);
  if (operator === "=" && /^[\w.:/@-]+$/.test(value)) return texts(value.replaceAll(".", "\\."));
  if (operator === "=~" && /^[\w:/@-]+(?:\|[\w:/@-]+)*$/.test(value)) return texts(value);
  return undefined;
}

/** What stands around a key is cut off: blanks of any kind, which are no signs of ASCII that can be seen. */
const AROUND = "[^!-~]*";

function fieldPattern(format: FieldFormat, name: string, values: readonly string[]): string {
  const value = `(?:${values.join("|")})`;
  if (format === "logfmt") return `(?:^|[^!-~]|")${keyOfLogfmt(name)}${AROUND}=${value}`;
  const blanks = "[ \\t\\r\\n]*";
  return `"${AROUND}(?:${keysOfJson(name).join("|")})${AROUND}"${blanks}:${blanks}${value}`;
}

/**
 * What the innermost key of a label is written like in JSON. Every underscore may be another sign that no label has, or stand between an
 * object's name and its field's.
 */
function keysOfJson(name: string): string[] {
  const parts = name.split("_");
  return parts.map((_, from) => parts.slice(from).join('[^a-zA-Z0-9"\\\\]'));
}

/** Every underscore may be another sign that no label has; before a digit it may have been put there. */
function keyOfLogfmt(name: string): string {
  const written = name.split("_").join('[^a-zA-Z0-9="]');
  return /^_\d/.test(name) ? `(?:${written}|${name.slice(1).split("_").join('[^a-zA-Z0-9="]')})` : written;
}

/**
 * What is no plain number: an error of the line, which is kept, or a number that is not told apart here. Inside of quotes everything
 * belongs to the value, outside of them it ends with a blank, in JSON also with a comma or a bracket.
 */
function unusualNumbers(format: FieldFormat): readonly string[] {
  const ends = format === "json" ? ",}\\] \\t\\r\\n" : "\\x00-\\x20";
  return [
    `[^-0-9"${format === "json" ? " \\t\\r\\n" : "\\x00-\\x20"}]`,
    '"[^-0-9]',
    '"?-(?:[^0-9]|$)',
    '"-?[0-9.]*[^0-9."]',
    `-?[0-9][0-9.]*[^0-9.${ends}]`,
    '"?-?0[0-9]',
    '"?-?[0-9]*\\.[0-9]*\\.',
  ];
}

/** From which number on whole digits are not compared. */
const MOST_COMPARED = 1e15;
const NO_MORE_DIGITS = "(?:[^0-9]|$)";

/** How plain numbers begin that may pass, by their digits before the point; undefined where that are most. */
function passingNumbers(operator: ComparisonOperator, limit: number): string[] | undefined {
  if (operator === "!=" || !(limit >= 0 && limit < MOST_COMPARED)) return undefined;
  const digits = String(Math.floor(limit));
  switch (operator) {
    case ">":
    case ">=":
      return digits === "0" ? undefined : [`"?(?:${atLeast(digits).join("|")})`];
    case "<":
    case "<=":
      return ['"?-', `"?(?:${atMost(digits).join("|")})${NO_MORE_DIGITS}`];
    case "==":
      return [`"?${digits === "0" ? "-?" : ""}${digits}${NO_MORE_DIGITS}`];
  }
}

/** Numbers without zeros before them that are as great or greater, as their first digits show. */
function atLeast(digits: string): string[] {
  const longer = `[1-9][0-9]{${digits.length},}`;
  return [longer, ...departing(digits, (digit) => (digit < 9 ? `[${digit + 1}-9]` : undefined)), digits];
}

/** Numbers that are as great or smaller: all of their digits. */
function atMost(digits: string): string[] {
  const shorter = digits.length > 1 ? [`[0-9]{1,${digits.length - 1}}`] : [];
  return [...shorter, ...departing(digits, (digit) => (digit > 0 ? `[0-${digit - 1}]` : undefined)), digits];
}

/** Numbers with as many digits that have the same ones up to a place and there another one. */
function departing(digits: string, other: (digit: number) => string | undefined): string[] {
  return [...digits].flatMap((digit, at) => {
    const left = other(Number(digit));
    return left === undefined ? [] : [`${digits.slice(0, at)}${left}[0-9]{${digits.length - at - 1}}`];
  });
}
