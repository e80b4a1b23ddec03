// After html/template/js.go and transition.go of Go 1.26: how text moves a context on within JavaScript.
import { quote } from "@sightline/gotext/quote";
import { type Context, failed, type HtmlState } from "./context.ts";

const precedesRegexp: ReadonlySet<string> = new Set([
  ...["break", "case", "continue", "delete", "do", "else", "finally", "in"],
  ...["instanceof", "return", "throw", "try", "typeof", "void"],
]);

/** What a slash means behind a piece of JavaScript without strings, comments and regular expressions. */
export function slashAfter(text: string, before: Context["slash"]): Context["slash"] {
  const trimmed = text.trimEnd();
  const last = trimmed.at(-1);
  if (last === undefined) return before;
  if (last === "+" || last === "-") {
    let start = trimmed.length - 1;
    while (start > 0 && trimmed[start - 1] === last) start--;
    return (trimmed.length - start) % 2 === 1 ? "Regexp" : "DivOp";
  }
  if (last === ".") return /\d\.$/.test(trimmed) ? "DivOp" : "Regexp";
  if (",<>=*%&|^?!~([:;{}".includes(last)) return "Regexp";
  // What is behind the last word boundary; only a word as long as the longest keyword can be one.
  const [word = ""] = /[$\w]*$/.exec(trimmed.slice(-16)) ?? [];
  return precedesRegexp.has(word) ? "Regexp" : "DivOp";
}

const literals: Readonly<Record<string, HtmlState>> = { '"': "JSDqStr", "'": "JSSqStr", "`": "JSTmplLit" };

/** JavaScript outside of literals and comments. */
export function inJs(context: Context, text: string): readonly [Context, number] {
  const at = text.search(/["`'/{}<\-#]/);
  if (at < 0) return [{ ...context, slash: slashAfter(text, context.slash) }, text.length];
  const character = text[at] ?? "";
  const slash = slashAfter(text.slice(0, at), context.slash);
  const literal = literals[character];
  if (literal !== undefined) return [{ ...context, state: literal, slash: "Regexp" }, at + 1];
  const here = { ...context, slash };
  if (character === "/") return atSlash(here, text, at);
  if (character === "{" || character === "}") return atBrace(here, character, at);
  if (text.startsWith("<!--", at)) return [{ ...here, state: "JSHTMLOpenCmt" }, at + 4];
  if (text.startsWith("-->", at)) return [{ ...here, state: "JSHTMLCloseCmt" }, at + 3];
  if (text.startsWith("#!", at)) return [{ ...here, state: "JSLineCmt" }, at + 2];
  return [here, at + 1];
}

function atSlash(context: Context, text: string, at: number): readonly [Context, number] {
  if (text[at + 1] === "/") return [{ ...context, state: "JSLineCmt" }, at + 2];
  if (text[at + 1] === "*") return [{ ...context, state: "JSBlockCmt" }, at + 2];
  if (context.slash === "Regexp") return [{ ...context, state: "JSRegexp" }, at + 1];
  if (context.slash === "DivOp") return [{ ...context, slash: "Regexp" }, at + 1];
  const rest = quote([...text.slice(at, at + 64)].slice(0, 32).join(""));
  return [failed(`'/' could start a division or regexp: ${rest}`), text.length];
}

function atBrace(context: Context, brace: "{" | "}", at: number): readonly [Context, number] {
  const inside = { ...context, slash: slashAfter(brace, context.slash) };
  const depth = context.braces.at(-1);
  if (depth === undefined) return [inside, at + 1];
  const outer = context.braces.slice(0, -1);
  if (brace === "{") return [{ ...inside, braces: [...outer, depth + 1] }, at + 1];
  if (depth > 0) return [{ ...inside, braces: [...outer, depth - 1] }, at + 1];
  return [{ ...context, braces: outer, state: "JSTmplLit" }, at + 1];
}

function unfinishedEscape(text: string): readonly [Context, number] {
  return [failed(`unfinished escape sequence in JS string: ${quote(text)}`), text.length];
}

/** How deep template literals may lie in each other; contexts of more are refused. */
const maxBraces = 16;

/** A template literal. */
export function inJsTemplate(context: Context, text: string): readonly [Context, number] {
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "\\") {
      at++;
      if (at === text.length) return unfinishedEscape(text);
    } else if (character === "$" && text[at + 1] === "{") {
      if (context.braces.length >= maxBraces) return [failed("template literals are nested too deeply"), text.length];
      return [{ ...context, braces: [...context.braces, 0], state: "JS" }, at + 2];
    } else if (character === "`") return [{ ...context, state: "JS" }, at + 1];
  }
  return [context, text.length];
}

/** A string or a regular expression. */
export function inJsLiteral(context: Context, text: string): readonly [Context, number] {
  const end = context.state === "JSSqStr" ? "'" : context.state === "JSRegexp" ? "/" : '"';
  let isInSet = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "\\") {
      at++;
      if (at === text.length) return unfinishedEscape(text);
    } else if (end === "/" && (character === "[" || character === "]")) {
      isInSet = character === "[";
    } else if (character === end) {
      // What would end the script is escaped, and does not end the regular expression.
      const isEndTag = end === "/" && at > 0 && /^<\/script/i.test(text.slice(at - 1, at + 7));
      if (isEndTag) at++;
      else if (!isInSet) return [{ ...context, state: "JS", slash: "DivOp" }, at + 1];
    }
  }
  if (isInSet) return [failed(`unfinished JS regexp charset: ${quote(text)}`), text.length];
  return [context, text.length];
}
