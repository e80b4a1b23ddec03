import { invalid } from "@sightline/errors/app-error";
import { unquoteGo } from "@sightline/gotext/unquote";

/** A path into JSON: names of fields and places in arrays. */
export type JsonPath = readonly (string | number)[];

const field = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const index = /\d+/y;
const text = /"(?:[^"\\]|\\.)*"/y;

/** Reads `request.headers["user agent"][0]`. Throws invalid_argument that says what was not expected. */
export function parseJsonPath(expression: string): JsonPath {
  const path: (string | number)[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(expression)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const fail = (expected: string): never => {
    const got = at < expression.length ? expression.slice(at) : "$end";
    throw invalid(`cannot parse expression [${expression}]: syntax error: unexpected ${got}, expecting ${expected}`);
  };
  while (at < expression.length) {
    if (expression[at] === "[") {
      at++;
      const place = take(index);
      path.push(place === undefined ? (unquoted(take(text)) ?? fail("a number or a string")) : Number(place));
      if (expression[at] !== "]") fail("]");
      at++;
    } else {
      if (path.length > 0) {
        if (expression[at] !== ".") fail(". or [");
        at++;
      }
      path.push(take(field) ?? fail("a field or ["));
    }
  }
  return path;
}

function unquoted(quoted: string | undefined): string | undefined {
  return quoted === undefined ? undefined : unquoteGo(quoted.slice(1, -1));
}

/** Reads the name of a logfmt field: `status`, or in quotes anything. Throws invalid_argument that says what was not expected. */
export function parseLogfmtField(expression: string): string {
  const quoted = /^"([^"]*)"?$/.exec(expression)?.[1];
  if (quoted !== undefined) return quoted;
  if (expression === "" || /^[^\s"=]+$/.test(expression)) return expression;
  throw invalid(
    `cannot parse expression [${expression}]: syntax error: unexpected ${expression}, expecting a field or a string`,
  );
}
