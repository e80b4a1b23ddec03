import { TemplateError } from "./value.ts";

/** One word of a template's actions, or a text between them. */
export interface Item {
  readonly kind: ItemKind;
  readonly text: string;
  readonly position: number;
}

/** What kind of word it is. */
export type ItemKind =
  | "text"
  | "open"
  | "close"
  | "space"
  | "identifier"
  | "field"
  | "variable"
  | "dot"
  | "string"
  | "raw"
  | "char"
  | "number"
  | "sign"
  | "end";

const words: readonly (readonly [ItemKind, RegExp])[] = [
  ["space", /\s+/uy],
  ["string", /"(?:[^"\\\n]|\\[^\n])*"/y],
  ["raw", /`[^`]*`/y],
  ["char", /'(?:[^'\\\n]|\\[^\n])+'/y],
  [
    "number",
    /[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\p{L}\d_])/uy,
  ],
  ["field", /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ["dot", /\./y],
  ["variable", /\$(?:[\p{L}_][\p{L}\p{Nd}_]*)?/uy],
  ["identifier", /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ["sign", /:=|[=|(),]/y],
];

/** The message of a template that cannot be read, in the form of Go's `text/template`. */
export function templateProblem(source: string, position: number, message: string): TemplateError {
  const line = source.slice(0, position).split("\n").length;
  return new TemplateError(`template: line:${line}: ${message}`);
}

/** The words of a template. Blanks next to `{{-` and `-}}` are gone, and comments. Throws TemplateError. */
export function lexTemplate(source: string): Item[] {
  const items: Item[] = [];
  let at = 0;
  let trimStart = false;
  for (;;) {
    const open = source.indexOf("{{", at);
    const end = open < 0 ? source.length : open;
    const trimEnd = open >= 0 && /^-\s/u.test(source.slice(open + 2, open + 4));
    const text = trimText(source.slice(at, end), trimStart, trimEnd);
    if (text !== "") items.push({ kind: "text", text, position: at });
    if (open < 0) break;
    const action = lexAction(source, open, trimEnd ? open + 3 : open + 2);
    items.push(...action.items);
    at = action.end;
    trimStart = action.trims;
  }
  items.push({ kind: "end", text: "", position: source.length });
  return items;
}

function trimText(text: string, start: boolean, end: boolean): string {
  const from = start ? text.trimStart() : text;
  return end ? from.trimEnd() : from;
}

/** The words up to the next `}}`. */
function lexAction(source: string, open: number, start: number): { items: Item[]; end: number; trims: boolean } {
  const comment = /^\s*\/\*/u.exec(source.slice(start));
  if (comment !== null) return skipComment(source, open, start + comment[0].length);
  const items: Item[] = [{ kind: "open", text: "{{", position: open }];
  let at = start;
  for (;;) {
    const close = /^(?:\s-)?\}\}/u.exec(source.slice(at, at + 4))?.[0];
    if (close !== undefined) {
      items.push({ kind: "close", text: "}}", position: at });
      return { items, end: at + close.length, trims: close.length === 4 };
    }
    const item = nextItem(source, at);
    if (item === undefined) throw unreadable(source, open, at);
    items.push(item);
    at += item.text.length;
    // `{{ .a -}}`: the blank before the dash belongs to the end.
    if (item.kind === "space" && source.startsWith("-}}", at)) {
      items.push({ kind: "close", text: "}}", position: at });
      return { items, end: at + 3, trims: true };
    }
  }
}

function nextItem(source: string, at: number): Item | undefined {
  for (const [kind, pattern] of words) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) return { kind, text, position: at };
  }
  return undefined;
}

function skipComment(source: string, open: number, from: number) {
  const end = source.indexOf("*/", from);
  if (end < 0) throw templateProblem(source, open, "unclosed comment");
  const close = /^(?:\s+-)?\}\}/u.exec(source.slice(end + 2))?.[0];
  if (close === undefined) throw templateProblem(source, open, "comment ends before closing delimiter");
  return { items: [], end: end + 2 + close.length, trims: close.includes("-") };
}

function unreadable(source: string, open: number, at: number): TemplateError {
  const char = source[at];
  if (char === undefined) return templateProblem(source, open, "unclosed action");
  if (char === '"') return templateProblem(source, at, "unterminated quoted string");
  if (char === "`") return templateProblem(source, at, "unterminated raw quoted string");
  if (char === "'") return templateProblem(source, at, "unterminated character constant");
  return templateProblem(source, at, `unexpected ${JSON.stringify(char)} in operand`);
}
