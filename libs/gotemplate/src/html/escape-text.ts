// After escapeText of html/template/escape.go of Go 1.26.

import { quote } from "@sightline/gotext/quote";
import type { Budget } from "../budget.ts";
import {
  type Context,
  type Delimiter,
  failed,
  type HtmlState,
  isComment,
  isInScriptLiteral,
  startContext,
} from "./context.ts";
import { specialEnd, transitions } from "./transition.ts";
import { unescapeHtml } from "./unescape.ts";

const delimiterEnds: Readonly<Record<Delimiter, RegExp>> = {
  None: /$^/,
  DoubleQuote: /"/,
  SingleQuote: /'/,
  SpaceOrTagEnd: /[ \t\n\f\r>]/,
};

/** Where the value of an attribute ends; -1 where it does not. */
export function endOfValue(delimiter: Delimiter, text: string): number {
  return text.search(delimiterEnds[delimiter]);
}

/** What a piece of text becomes, and the context behind it. */
export interface EscapedText {
  readonly context: Context;
  readonly text: string;
}

/** Escapes what a template's text has that could be taken for something else, drops comments of CSS and JavaScript, and reads it. */
export function escapeText(start: Context, text: string, budget: Budget): EscapedText {
  const writer: Writer = { text, made: "", written: 0 };
  let context = start;
  for (let from = 0; from < text.length; ) {
    const rest = text.slice(from);
    // Where an element like <script> ends is looked for anew with each piece.
    budget.spend(context.element === "None" ? 20 : 20 + rest.length);
    const [after, length] = contextAfter(context, rest);
    budget.spend(length);
    if (length === 0 && context.state === after.state) return { context: stuck(rest), text };
    const piece = { context, after, from, end: from + length };
    editMarkup(writer, piece);
    dropComment(writer, piece);
    beginComment(writer, piece);
    editLiteral(writer, piece);
    context = after;
    from = piece.end;
  }
  if (writer.written === 0 || context.state === "Error") return { context, text };
  if (!isDropped(context)) keep(writer, text.length);
  return { context, text: writer.made };
}

function stuck(text: string): Context {
  return failed(`cannot make anything of ${quote(text.slice(0, 32))}`);
}

/** What a text becomes. */
interface Writer {
  readonly text: string;
  made: string;
  /** How much of the text is in what was made, or left out of it. */
  written: number;
}

function keep(writer: Writer, end: number): void {
  writer.made += writer.text.slice(writer.written, end);
  writer.written = end;
}

/** A part of the text that was read at once, and the contexts before and behind it. */
interface Piece {
  readonly context: Context;
  readonly after: Context;
  readonly from: number;
  readonly end: number;
}

/** In HTML a `<` that begins no tag is escaped. */
function editMarkup(writer: Writer, { context, after, from, end }: Piece): void {
  if (context.state !== "Text" && context.state !== "RCDATA") return;
  const { text } = writer;
  const tag = after.state === context.state ? -1 : text.lastIndexOf("<", end - 1);
  const stop = tag >= from ? tag : end;
  for (let at = text.indexOf("<", from); at >= 0 && at < stop; at = text.indexOf("<", at + 1)) {
    if (/^<!doctype/i.test(text.slice(at, at + 9))) continue;
    keep(writer, at);
    writer.made += "&lt;";
    writer.written = at + 1;
  }
}

function isDropped({ state, delimiter }: Context): boolean {
  return isComment(state) && delimiter === "None";
}

/** Comments of CSS and JavaScript become the white space that they are. */
function dropComment(writer: Writer, { context, end }: Piece): void {
  if (!isDropped(context)) return;
  const comment = writer.text.slice(writer.written, end);
  if (context.state === "JSBlockCmt") writer.made += /[\n\r\u2028\u2029]/.test(comment) ? "\n" : " ";
  if (context.state === "CSSBlockCmt") writer.made += " ";
  writer.written = end;
}

const commentStarts: Partial<Record<HtmlState, number>> = { HTMLCmt: 4, JSHTMLOpenCmt: 4, JSHTMLCloseCmt: 3 };

/** What stands before a comment is kept. */
function beginComment(writer: Writer, { context, after, end }: Piece): void {
  if (context.state === after.state || !isDropped(after)) return;
  keep(writer, end - (commentStarts[after.state] ?? 2));
  writer.written = end;
}

const scriptTags = /<(script|\/script|!--)/gi;

/** In literals of JavaScript, what would end the script is escaped. */
function editLiteral(writer: Writer, { context, from, end }: Piece): void {
  if (!isInScriptLiteral(context.state)) return;
  const literal = writer.text.slice(from, end);
  const escaped = literal.replace(scriptTags, "\\x3C$1");
  if (escaped === literal) return;
  keep(writer, from);
  writer.made += escaped;
  writer.written = end;
}

/** Reads the beginning of a text. */
function contextAfter(context: Context, text: string): readonly [Context, number] {
  if (context.delimiter === "None") {
    const [after, end] = specialEnd(context, text);
    if (end === 0) return [after, 0];
    return transitions[context.state](context, text.slice(0, end));
  }
  const end = endOfValue(context.delimiter, text);
  const value = end < 0 ? text : text.slice(0, end);
  if (context.delimiter === "SpaceOrTagEnd") {
    // What browsers do not agree upon.
    const bad = /["'<=`]/.exec(value)?.[0];
    if (bad !== undefined) return [failed(`${quote(bad)} in unquoted attr: ${quote(value)}`), text.length];
  }
  if (end < 0) return [insideValue(context, text), text.length];
  // A script whose type is none of JavaScript's is read as text.
  const isOther = context.state === "Attr" && context.element === "Script" && context.attribute === "ScriptType";
  const element = isOther && !isJsType(value) ? "None" : context.element;
  return [{ ...startContext, state: "Tag", element }, context.delimiter === "SpaceOrTagEnd" ? end : end + 1];
}

/** A value that goes on behind the text: it is read as what it says. */
function insideValue(context: Context, text: string): Context {
  let current = context;
  for (let rest = unescapeHtml(text); rest !== ""; ) {
    const [after, length] = transitions[current.state](current, rest);
    if (length === 0 && after.state === current.state) return stuck(rest);
    current = after;
    rest = rest.slice(length);
  }
  return current;
}

const jsTypes: ReadonlySet<string> = new Set([
  ...["", "module", "application/ecmascript", "application/javascript", "application/json", "application/ld+json"],
  ...["application/x-ecmascript", "application/x-javascript", "text/ecmascript", "text/javascript"],
  ...["text/javascript1.0", "text/javascript1.1", "text/javascript1.2", "text/javascript1.3", "text/javascript1.4"],
  ...["text/javascript1.5", "text/jscript", "text/livescript", "text/x-ecmascript", "text/x-javascript"],
]);

function isJsType(type: string): boolean {
  return jsTypes.has((type.split(";")[0] ?? "").toLowerCase().trim());
}
