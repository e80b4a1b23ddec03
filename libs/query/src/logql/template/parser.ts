import { parseGoFloat } from "@sightline/gotext/parse-float";
import { unquoteGo } from "@sightline/gotext/unquote";
import { type Item, lexTemplate, templateProblem } from "./lexer.ts";
import type { Command, Operand, Pipe, TemplateNode } from "./node.ts";

/** How deep actions and parentheses may be nested. */
const maxDepth = 64;

interface Reader {
  readonly source: string;
  readonly isFunction: (name: string) => boolean;
  /** The next item; blanks count only where `peekRaw` is asked. */
  peek(): Item;
  peekRaw(): Item;
  next(): Item;
  fail(position: number, message: string): never;
  nested<T>(read: () => T): T;
  readonly variables: string[];
}

const keywords: ReadonlySet<string> = new Set(["if", "else", "end", "with", "range", "break", "continue"]);

/** Reads a template of Go's `text/template`. Throws TemplateError for what it refuses, a function that is not defined included. */
export function parseTemplate(source: string, isFunction: (name: string) => boolean): TemplateNode[] {
  const reader = createReader(source, isFunction);
  const { nodes, end } = parseList(reader, 0);
  if (end !== "$end") return reader.fail(reader.peek().position, `unexpected {{${end}}}`);
  return nodes;
}

function createReader(source: string, isFunction: (name: string) => boolean): Reader {
  const items = lexTemplate(source);
  const last: Item = { kind: "end", text: "", position: source.length };
  let at = 0;
  let depth = 0;
  const peekRaw = () => items[at] ?? last;
  const peek = () => {
    while (peekRaw().kind === "space") at++;
    return peekRaw();
  };
  const fail = (position: number, message: string): never => {
    throw templateProblem(source, position, message);
  };
  return {
    source,
    isFunction,
    peek,
    peekRaw,
    next() {
      const item = peek();
      at++;
      return item;
    },
    fail,
    nested(read) {
      if (++depth > maxDepth) fail(peek().position, "nested too deeply");
      const result = read();
      depth--;
      return result;
    },
    variables: ["$"],
  };
}

/** Nodes up to the end, an `{{end}}` or an `{{else}}`; for `{{else if}}` the rest of the action is still to be read. */
function parseList(reader: Reader, loops: number): { nodes: TemplateNode[]; end: string } {
  const nodes: TemplateNode[] = [];
  for (;;) {
    const item = reader.next();
    if (item.kind === "end") return { nodes, end: "$end" };
    if (item.kind === "text") {
      nodes.push({ type: "text", text: item.text });
      continue;
    }
    const word = reader.peek();
    if (word.kind === "identifier" && keywords.has(word.text)) {
      reader.next();
      if (word.text === "end" || word.text === "else") return { nodes, end: word.text };
      nodes.push(parseControl(reader, word, loops));
    } else {
      nodes.push({ type: "action", pipe: parsePipe(reader, "close") });
    }
  }
}

function parseControl(reader: Reader, word: Item, loops: number): TemplateNode {
  const type = word.text;
  if (type === "break" || type === "continue") {
    if (loops === 0) return reader.fail(word.position, `{{${type}}} outside {{range}}`);
    wantClose(reader, type);
    return { type };
  }
  if (type !== "if" && type !== "with" && type !== "range") return reader.fail(word.position, `unexpected {{${type}}}`);
  return reader.nested(() => {
    const scope = reader.variables.length;
    const pipe = parsePipe(reader, "close", type === "range" ? 2 : 1);
    const inner = type === "range" ? loops + 1 : loops;
    const body = parseList(reader, inner);
    let otherwise: readonly TemplateNode[] = [];
    if (body.end === "else") otherwise = parseElse(reader, type, loops);
    else if (body.end !== "end") reader.fail(reader.source.length, "unexpected EOF");
    else wantClose(reader, "end");
    reader.variables.length = scope;
    return { type, pipe, body: body.nodes, otherwise };
  });
}

/** What follows `{{else`: the end of the action and a list, or another condition that the same end closes. */
function parseElse(reader: Reader, type: "if" | "with" | "range", loops: number): TemplateNode[] {
  const word = reader.peek();
  if (type !== "range" && word.kind === "identifier" && word.text === type) {
    reader.next();
    return [parseControl(reader, word, loops)];
  }
  wantClose(reader, "else");
  const { nodes, end } = parseList(reader, loops);
  if (end !== "end")
    return reader.fail(reader.peek().position, end === "$end" ? "unexpected EOF" : "expected end; found {{else}}");
  wantClose(reader, "end");
  return nodes;
}

function wantClose(reader: Reader, context: string): void {
  const item = reader.next();
  if (item.kind !== "close") reader.fail(item.position, `unexpected ${describe(item)} in ${context}`);
}

function describe(item: Item): string {
  return item.kind === "end" ? "EOF" : item.kind === "close" ? "}}" : `<${item.text}>`;
}

function parsePipe(reader: Reader, closing: "close" | ")", maxVariables = 1): Pipe {
  const { position } = reader.peek();
  const { variables, isAssignment } = parseDeclaration(reader, maxVariables);
  const commands: Command[] = [];
  for (;;) {
    const item = reader.peek();
    if (closing === "close" ? item.kind === "close" : item.text === ")" && item.kind === "sign") break;
    if (commands.length > 0) {
      if (item.kind !== "sign" || item.text !== "|")
        reader.fail(item.position, `unexpected ${describe(item)} in command`);
      reader.next();
    }
    commands.push(parseCommand(reader));
  }
  reader.next();
  if (commands.length === 0) return reader.fail(position, "missing value for command");
  for (const [index, { operands, position: at }] of commands.entries()) {
    if (index > 0 && operands[0].type === "value") reader.fail(at, "non executable command in pipeline stage 2");
  }
  if (!isAssignment) reader.variables.push(...variables);
  return { variables, isAssignment, commands, position };
}

function parseDeclaration(reader: Reader, maxVariables: number): { variables: string[]; isAssignment: boolean } {
  const source = reader.source.slice(reader.peek().position);
  const found = /^(\$[\p{L}_][\p{L}\p{Nd}_]*)(?:\s*,\s*(\$[\p{L}_][\p{L}\p{Nd}_]*))?\s*(:=|=)/u.exec(source);
  if (found === null) return { variables: [], isAssignment: false };
  const variables = found.slice(1, 3).filter((name) => name !== undefined);
  if (variables.length > maxVariables) reader.fail(reader.peek().position, "too many declarations in command");
  const isAssignment = found[3] === "=";
  for (const name of variables) {
    if (isAssignment && !reader.variables.includes(name))
      reader.fail(reader.peek().position, `undefined variable "${name}"`);
  }
  const end = reader.peek().position + found[0].length;
  while (reader.peek().position < end) reader.next();
  return { variables, isAssignment };
}

function parseCommand(reader: Reader): Command {
  const { position } = reader.peek();
  const first = parseOperand(reader);
  const operands: [Operand, ...Operand[]] = [first];
  for (;;) {
    const item = reader.peekRaw();
    if (item.kind !== "space") {
      const ends = item.kind === "close" || (item.kind === "sign" && (item.text === "|" || item.text === ")"));
      if (!ends) reader.fail(item.position, `unexpected ${describe(item)} in operand`);
      return { operands, position };
    }
    const next = reader.peek();
    if (next.kind === "close" || (next.kind === "sign" && (next.text === "|" || next.text === ")"))) continue;
    operands.push(parseOperand(reader));
  }
}

function parseOperand(reader: Reader): Operand {
  const item = reader.next();
  const { position } = item;
  switch (item.kind) {
    case "dot":
      return { type: "dot", fields: [], position };
    case "field":
      return { type: "dot", fields: [item.text.slice(1), ...parseFields(reader)], position };
    case "variable":
      if (!reader.variables.includes(item.text)) return reader.fail(position, `undefined variable "${item.text}"`);
      return { type: "variable", name: item.text, fields: parseFields(reader), position };
    case "identifier":
      return parseWord(reader, item);
    case "sign":
      if (item.text !== "(") break;
      return reader.nested(() => {
        const pipe = parsePipe(reader, ")");
        return { type: "pipe", pipe, fields: parseFields(reader), position };
      });
    case "string":
    case "raw":
    case "char":
    case "number":
      return { type: "value", value: literal(reader, item), position };
    default:
  }
  return reader.fail(position, item.kind === "end" ? "unclosed action" : `unexpected ${describe(item)} in operand`);
}

function parseWord(reader: Reader, { text, position }: Item): Operand {
  if (text === "true" || text === "false") return { type: "value", value: text === "true", position };
  if (text === "nil") return { type: "value", value: null, position };
  if (!reader.isFunction(text)) return reader.fail(position, `function "${text}" not defined`);
  return { type: "function", name: text, position };
}

function parseFields(reader: Reader): string[] {
  const fields: string[] = [];
  while (reader.peekRaw().kind === "field") fields.push(reader.next().text.slice(1));
  return fields;
}

function literal(reader: Reader, { kind, text, position }: Item): string | bigint | number {
  if (kind === "raw") return text.slice(1, -1);
  if (kind === "number") return numberOf(text) ?? reader.fail(position, `bad number syntax: "${text}"`);
  const value = unquoteGo(text.slice(1, -1));
  if (value === undefined) return reader.fail(position, "invalid syntax");
  return kind === "char" ? BigInt(value.codePointAt(0) ?? 0) : value;
}

function numberOf(text: string): bigint | number | undefined {
  const plain = text.replaceAll("_", "");
  if (!/^[+-]?(?:\d+|0[xXbBoO][\da-fA-F]+)$/.test(plain)) return parseGoFloat(plain);
  const digits = plain.replace(/^[+-]/, "");
  const size = BigInt(digits);
  return plain.startsWith("-") ? -size : size;
}
