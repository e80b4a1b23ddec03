import { invalid } from "@sightline/errors/app-error";
import { createMatcher, MATCH_OPERATORS, type Matcher } from "./matcher.ts";
import { trimSpaces } from "./spaces.ts";

/** A name and an operator. What follows is taken by hand: a pattern would look at spaces within a value again and again. */
const start = /^[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)/;
const spaces = new Set("\t\n\f\r ");

/**
 * Matchers in the language of Alertmanager before 0.27 (pkg/labels/parse.go): names are those of old, values may be in double quotes
 * with the escapes of OpenMetrics, and nearly everything is forgiven. Throws invalid_argument with Alertmanager's text.
 */
export function parseClassicMatchers(input: string): Matcher[] {
  return splitMatchers(input.replace(/^\{/, "").replace(/\}$/, "")).map(parseClassicMatcher);
}

/** The texts between commas that are not in quotes. */
function splitMatchers(input: string): string[] {
  const texts: string[] = [];
  let isQuoted = false;
  let isEscaped = false;
  let text = "";
  for (const character of input) {
    if (character === "," && !isQuoted) {
      // A comma leaves the state of the backslash before it as it was.
      texts.push(text);
      text = "";
      continue;
    }
    if (character === '"') {
      if (!isEscaped) isQuoted = !isQuoted;
      isEscaped = false;
    } else if (character === "\\") {
      isEscaped = !isEscaped;
    } else if (character !== ",") {
      isEscaped = false;
    }
    text += character;
  }
  const last = trimSpaces(text);
  return last === "" ? texts : [...texts, last];
}

/** As `parseClassicMatchers`, for exactly one. */
export function parseClassicMatcher(input: string): Matcher {
  const [begin = "", name = "", sign] = start.exec(input) ?? [];
  const operator = MATCH_OPERATORS.find((known) => known === sign);
  if (operator === undefined) throw invalid(`bad matcher format: ${input}`);
  const written = trimSpaces(input.slice(begin.length), (character) => spaces.has(character));
  if (!written.isWellFormed()) throw invalid(`matcher value not valid UTF-8: ${written}`);
  return createMatcher({ name, operator, value: unescapeValue(written) });
}

function unescapeValue(written: string): string {
  const isQuoted = written.startsWith('"');
  const raw = isQuoted ? written.slice(1) : written;
  let value = "";
  let isClosed = !isQuoted;
  for (let at = 0; at < raw.length; at++) {
    const character = raw[at] ?? "";
    const isLast = at === raw.length - 1;
    if (character === "\\" && !isLast) {
      at++;
      value += unescaped(raw[at] ?? "");
    } else if (character === '"') {
      if (isClosed || !isLast) throw unescapedQuote(written);
      isClosed = true;
    } else {
      value += character;
    }
  }
  if (!isClosed) throw unescapedQuote(written);
  return value;
}

/** A backslash before anything else stands for itself. */
function unescaped(character: string): string {
  if (character === "n") return "\n";
  return character === '"' || character === "\\" ? character : `\\${character}`;
}

function unescapedQuote(written: string) {
  return invalid(`matcher value contains unescaped double quote: ${written}`);
}
