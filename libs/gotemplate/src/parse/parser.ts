// After text/template/parse/parse.go of Go 1.26, whose messages it gives.
import { invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";
import { readString } from "./constants.ts";
import { createLexer } from "./lexer.ts";
import type { Body, Node, Pipe, Source, Templates } from "./node.ts";
import { parsePipe } from "./parse-pipe.ts";
import { nested, next, nextWord, type Parser, peek, peekWord, placed, problem, putBack, unexpected } from "./reader.ts";
import { createScope } from "./scope.ts";
import type { Token } from "./token.ts";

/** The longest source. */
const maxSource = 1_048_576;

/** What is read, and what it may use. */
export interface ParseInput {
  readonly source: Source;
  /** What is defined already. What the source defines takes its place, unless that is empty. */
  readonly templates: Templates;
  readonly hasFunction: (name: string) => boolean;
}

/** Reads a source: all templates that were there and that it defines, itself among them. Throws invalid_argument with Go's message. */
export function parseTemplates({ source, templates, hasFunction }: ParseInput): Templates {
  if (source.text.length > maxSource) {
    throw invalid(`template: ${source.name}: is longer than ${maxSource} characters`);
  }
  const lexer = createLexer(source.text);
  const last: Token = { kind: "eof", at: 0, line: 1, text: "" };
  const parser: Parser = {
    ...{ source, lexer, hasFunction, last },
    ...{ templates: new Map(), full: new Set(), ahead: [], actionLine: 0, depth: 0, scope: createScope() },
  };
  add(parser, source.name, parseSource(parser));
  const all = new Map(templates);
  for (const [name, body] of parser.templates) if (!isEmpty(body) || !all.has(name)) all.set(name, body);
  return all;
}

function expect(parser: Parser, kind: Token["kind"], context: string): Token {
  const token = nextWord(parser);
  if (token.kind !== kind) throw unexpected(parser, token, context);
  return token;
}

function add(parser: Parser, name: string, body: Body): void {
  const isFull = !isEmpty(body);
  if (!parser.full.has(name)) parser.templates.set(name, body);
  else if (isFull) throw problem(parser, `template: multiple definition of template ${quote(name)}`);
  if (isFull) parser.full.add(name);
}

function isEmpty({ nodes }: Body): boolean {
  return nodes.every((node) => node.kind === "text" && node.text.trim() === "");
}

function parseSource(parser: Parser): Body {
  const nodes: Node[] = [];
  const body: Body = { kind: "body", source: parser.source, at: peek(parser).at, nodes };
  while (peek(parser).kind !== "eof") {
    if (peek(parser).kind === "left delimiter") {
      const delimiter = next(parser);
      const word = nextWord(parser);
      if (word.kind === "define") {
        parseDefinition(parser);
        continue;
      }
      putBack(parser, word);
      putBack(parser, delimiter);
    }
    const node = parseNode(parser);
    if (isEnd(node)) throw problem(parser, `unexpected {{${node.kind}}}`);
    nodes.push(node);
  }
  return body;
}

function parseDefinition(parser: Parser): void {
  const context = "define clause";
  const name = parseName(parser, nextWord(parser), context);
  expect(parser, "right delimiter", context);
  add(parser, name, parseOwnBody(parser, context));
}

/** The body of a template that is defined here, which sees no variable but its own. */
function parseOwnBody(parser: Parser, context: string): Body {
  const outer = parser.scope;
  parser.scope = createScope();
  const { body, end } = parseBody(parser);
  if (end.kind !== "end") throw problem(parser, `unexpected {{${end.kind}}} in ${context}`);
  parser.scope = outer;
  return body;
}

function parseName(parser: Parser, token: Token, context: string): string {
  if (token.kind !== "string" && token.kind !== "raw string") throw unexpected(parser, token, context);
  return placed(parser, () => readString(token.text));
}

/** What ends a body. */
interface End {
  readonly kind: "end" | "else";
  readonly at: number;
}

function isEnd(node: Node | End): node is End {
  return node.kind === "end" || node.kind === "else";
}

function parseBody(parser: Parser): { readonly body: Body; readonly end: End } {
  return nested(parser, "nesting", () => {
    const nodes: Node[] = [];
    const body: Body = { kind: "body", source: parser.source, at: peekWord(parser).at, nodes };
    while (peekWord(parser).kind !== "eof") {
      const node = parseNode(parser);
      if (isEnd(node)) return { body, end: node };
      nodes.push(node);
    }
    throw problem(parser, "unexpected EOF");
  });
}

function parseNode(parser: Parser): Node | End {
  const token = nextWord(parser);
  if (token.kind === "text") return { kind: "text", source: parser.source, at: token.at, text: token.text };
  if (token.kind !== "left delimiter") throw unexpected(parser, token, "input");
  parser.actionLine = token.line;
  const node = parseAction(parser);
  parser.actionLine = 0;
  return node;
}

function parseAction(parser: Parser): Node | End {
  const token = nextWord(parser);
  switch (token.kind) {
    case "block":
      return parseBlock(parser);
    case "break":
    case "continue":
      return parseJump(parser, token, token.kind);
    case "else":
      return parseElse(parser);
    case "end":
      return { kind: "end", at: expect(parser, "right delimiter", "end").at };
    case "if":
    case "range":
    case "with":
      return parseBranch(parser, token.kind);
    case "template":
      return parseCall(parser);
    default: {
      putBack(parser, token);
      const { line, at } = peek(parser);
      const pipe = parsePipe(parser, "command", "right delimiter");
      return { kind: "action", source: parser.source, at, line, pipe };
    }
  }
}

function parseJump(parser: Parser, { at, line }: Token, kind: "break" | "continue"): Node {
  const token = nextWord(parser);
  if (token.kind !== "right delimiter") throw unexpected(parser, token, `{{${kind}}}`);
  if (parser.scope.ranges === 0) throw problem(parser, `{{${kind}}} outside {{range}}`);
  return { kind, source: parser.source, at, line };
}

function parseElse(parser: Parser): End {
  const following = peekWord(parser);
  // What stands in {{else if …}} is read as {{else}}{{if …}}.
  if (following.kind === "if" || following.kind === "with") return { kind: "else", at: following.at };
  return { kind: "else", at: expect(parser, "right delimiter", "else").at };
}

function parseBranch(parser: Parser, kind: "if" | "with" | "range"): Node {
  const { scope, source } = parser;
  const mark = scope.names.length;
  const pipe = parsePipe(parser, kind, "right delimiter");
  if (kind === "range") scope.ranges++;
  const { body, end } = parseBody(parser);
  if (kind === "range") scope.ranges--;
  const otherwise = end.kind === "else" ? parseOtherwise(parser, kind, end) : undefined;
  scope.forget(mark);
  return { kind, source, at: pipe.at, line: pipe.line, pipe, body, otherwise };
}

function parseOtherwise(parser: Parser, kind: "if" | "with" | "range", { at }: End): Body {
  if (kind !== "range" && peek(parser).kind === kind) {
    next(parser);
    const nodes = [nested(parser, "nesting", () => parseBranch(parser, kind))];
    return { kind: "body", source: parser.source, at, nodes };
  }
  const { body, end } = parseBody(parser);
  if (end.kind !== "end") throw problem(parser, `expected end; found {{${end.kind}}}`);
  return body;
}

function parseBlock(parser: Parser): Node {
  const context = "block clause";
  const token = nextWord(parser);
  const name = parseName(parser, token, context);
  const pipe = parsePipe(parser, context, "right delimiter");
  add(parser, name, parseOwnBody(parser, context));
  return { kind: "template", source: parser.source, at: token.at, line: token.line, name, pipe };
}

function parseCall(parser: Parser): Node {
  const context = "template clause";
  const token = nextWord(parser);
  const name = parseName(parser, token, context);
  let pipe: Pipe | undefined;
  const following = nextWord(parser);
  if (following.kind !== "right delimiter") {
    putBack(parser, following);
    pipe = parsePipe(parser, context, "right delimiter");
  }
  return { kind: "template", source: parser.source, at: token.at, line: token.line, name, pipe };
}
