import { invalid } from "@sightline/errors/app-error";
import { quote, textOfBytes } from "@sightline/gotext/quote";
import { type Budget, matchUnits } from "../budget.ts";

const htmlEscapes: Readonly<Record<string, string>> = {
  "\0": "\ufffd",
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

/** `html`: a text as HTML shows it. */
export function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (character) => htmlEscapes[character] ?? character);
}

const jsEscapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

/** `js`: a text as it can stand in a string of JavaScript. */
export function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=]|[^ -~]/gu, (character) => {
    const known = jsEscapes[character];
    if (known !== undefined) return known;
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x80 && !quote(character, "").startsWith("\\")) return character;
    return code === 0x7f ? character : `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
  });
}

/** `urlquery`: a text as it can stand in the query of a URL (`url.QueryEscape`). */
export function escapeQuery(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

/** What stands in the query of a URL (`url.QueryUnescape`). Throws invalid_argument with Go's message where an escape is wrong. */
export function unescapeQuery(value: string, budget: Budget): string {
  budget.spend(value.length * matchUnits);
  const wrong = /%(?![\da-fA-F]{2})/.exec(value);
  if (wrong !== null) throw invalid(`invalid URL escape ${quote(value.slice(wrong.index, wrong.index + 3))}`);
  const bytes = value
    .replaceAll("+", " ")
    .split(/(%[\da-fA-F]{2})/)
    .map((part, index) => (index % 2 === 0 ? Buffer.from(part) : Buffer.of(Number.parseInt(part.slice(1), 16))));
  return textOfBytes(Buffer.concat(bytes));
}
