import { unquote } from "../../text/unquote.ts";

const rightEscapes =
  /^(?:[^\\]|\\(?:[abfnrtv\\'"]|x[\da-fA-F]{2}|[0-3][0-7]{2}|u(?![dD][89a-fA-F])[\da-fA-F]{4}|U00(?:0[\da-fA-F]|10)[\da-fA-F]{4}))*$/u;

/** What stands between double quotes in Go, its escapes resolved (`strconv.Unquote`); undefined where an escape is wrong. */
export function unquoteGo(body: string): string | undefined {
  if (!body.includes("\\")) return body;
  return rightEscapes.test(body) ? unquote(`"${body}"`) : undefined;
}
