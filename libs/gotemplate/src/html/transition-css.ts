// After html/template/css.go and transition.go of Go 1.26: how text moves a context on within CSS and URLs.
import { quote } from "@sightline/gotext/quote";
import { type Context, failed } from "./context.ts";

const escapes = /\\(?:([\da-fA-F]{1,6})(?:\r\n|[ \t\n\f\r])?|(.))?/gsu;

/** What a text of CSS says, its escapes resolved. */
export function decodeCss(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(escapes, (whole, digits: string | undefined, character: string | undefined) => {
    if (digits === undefined) return character ?? "";
    const code = Number.parseInt(digits, 16);
    // Too large a number ends a digit earlier.
    if (code > 0x10ffff) return String.fromCodePoint(code >> 4) + whole.slice(digits.length);
    return code >= 0xd800 && code <= 0xdfff ? "\ufffd" : String.fromCodePoint(code);
  });
}

/** A URL: which part of it comes next. */
export function inUrl(context: Context, text: string): readonly [Context, number] {
  if (/[#?]/.test(text)) return [{ ...context, urlPart: "QueryOrFrag" }, text.length];
  const isBlank = /^[ \t\n\f\r]*$/.test(text);
  if (isBlank || context.urlPart !== "None") return [context, text.length];
  return [{ ...context, urlPart: "PreQuery" }, text.length];
}

/** Whether a text ends with the word `url`, and not with a longer one. */
function endsWithUrl(text: string): boolean {
  const trimmed = text.replace(/[\t\n\f\r ]+$/, "");
  return /(?:^|[^a-zA-Z0-9\-_\u0080-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}])url$/iu.test(trimmed.slice(-5));
}

/** CSS outside of strings, URLs and comments. */
export function inCss(context: Context, text: string): readonly [Context, number] {
  const special = /[("'/]/g;
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    const at = found.index;
    const following = text[at + 1];
    if (found[0] === '"') return [{ ...context, state: "CSSDqStr" }, at + 1];
    if (found[0] === "'") return [{ ...context, state: "CSSSqStr" }, at + 1];
    if (found[0] === "/" && following === "/") return [{ ...context, state: "CSSLineCmt" }, at + 2];
    if (found[0] === "/" && following === "*") return [{ ...context, state: "CSSBlockCmt" }, at + 2];
    if (found[0] === "(" && endsWithUrl(text.slice(Math.max(0, at - 256), at))) return atCssUrl(context, text, at + 1);
  }
  return [context, text.length];
}

function atCssUrl(context: Context, text: string, from: number): readonly [Context, number] {
  const spaces = /[\t\n\f\r ]*/y;
  spaces.lastIndex = from;
  spaces.exec(text);
  const start = spaces.lastIndex;
  if (text[start] === '"') return [{ ...context, state: "CSSDqURL" }, start + 1];
  if (text[start] === "'") return [{ ...context, state: "CSSSqURL" }, start + 1];
  return [{ ...context, state: "CSSURL" }, start];
}

/** A string or a URL of CSS. */
export function inCssText(context: Context, text: string): readonly [Context, number] {
  const { state } = context;
  const ends = state === "CSSURL" ? "\t\n\f\r )" : state === "CSSDqStr" || state === "CSSDqURL" ? '"' : "'";
  let [current, read] = [context, 0];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (ends.includes(character)) return [{ ...current, state: "CSS" }, at + 1];
    if (character !== "\\") continue;
    at++;
    if (at === text.length) return [failed(`unfinished escape sequence in CSS string: ${quote(text)}`), text.length];
    // As in Go, an escape counts by its first character alone.
    current = inUrl(current, decodeCss(text.slice(read, at + 1)))[0];
    read = at + 1;
  }
  return [inUrl(current, decodeCss(text.slice(read)))[0], text.length];
}
