import { quote } from "@sightline/gotext/quote";
import { readCharacter, readNumber, readString } from "./constants.ts";
import { formatNode } from "./format-node.ts";
import type { Command, NumberConstant, Operand, Pipe, Variable } from "./node.ts";
import { nested, next, nextWord, type Parser, peek, peekWord, placed, problem, putBack, unexpected } from "./reader.ts";
import type { Token, TokenKind } from "./token.ts";

/** What a command can begin with. */
const starts: ReadonlySet<TokenKind> = new Set([
  ...(["bool", "character constant", "complex", ".", "field", "identifier"] as const),
  ...(["number", "nil", "raw string", "string", "variable", "left parenthesis"] as const),
]);

/** Reads a pipeline up to the token that ends it. */
export function parsePipe(parser: Parser, context: string, end: TokenKind): Pipe {
  const { at, line } = peekWord(parser);
  const { variables, isAssignment } = parseVariables(parser, context);
  const commands: Command[] = [];
  for (;;) {
    const token = nextWord(parser);
    if (token.kind === end) break;
    if (!starts.has(token.kind)) throw unexpected(parser, token, context);
    putBack(parser, token);
    commands.push(parseCommand(parser));
  }
  if (commands.length === 0) throw problem(parser, `missing value for ${context}`);
  for (const [index, { args }] of commands.entries()) {
    // Only the first one can begin with what is no function.
    const isConstant = ["bool", "dot", "nil", "number", "string"].includes(args[0].kind);
    if (index > 0 && isConstant) throw problem(parser, `non executable command in pipeline stage ${index + 1}`);
  }
  return { kind: "pipe", source: parser.source, at, line, isAssignment, variables, commands };
}

type Declaration = Pick<Pipe, "variables" | "isAssignment">;

function parseVariables(parser: Parser, context: string): Declaration {
  const variables: Variable[] = [];
  for (;;) {
    const variable = peekWord(parser);
    if (variable.kind !== "variable") return { variables, isAssignment: false };
    next(parser);
    const after = peek(parser);
    const operator = peekWord(parser);
    const isComma = operator.kind === "character" && operator.text === ",";
    if (operator.kind !== "assign" && operator.kind !== "declare" && !isComma) {
      if (after.kind === "space") putBack(parser, after);
      putBack(parser, variable);
      return { variables, isAssignment: false };
    }
    nextWord(parser);
    variables.push(variableOf(parser, variable.at, variable.text));
    parser.scope.declare(variable.text);
    if (!isComma) return { variables, isAssignment: operator.kind === "assign" };
    if (context !== "range" || variables.length >= 2) throw problem(parser, `too many declarations in ${context}`);
    if (!["variable", "right delimiter", "right parenthesis"].includes(peekWord(parser).kind)) {
      throw problem(parser, "range can only initialize variables");
    }
  }
}

function variableOf({ source }: Parser, at: number, text: string): Variable {
  const [name = "$", ...names] = text.split(".");
  return { kind: "variable", source, at, name, names };
}

function parseCommand(parser: Parser): Command {
  const { at } = peekWord(parser);
  const args: Operand[] = [];
  for (;;) {
    peekWord(parser);
    const operand = parseOperand(parser);
    if (operand !== undefined) args.push(operand);
    const token = next(parser);
    if (token.kind === "space") continue;
    if (token.kind === "right delimiter" || token.kind === "right parenthesis") putBack(parser, token);
    else if (token.kind !== "pipe") throw unexpected(parser, token, "operand");
    break;
  }
  const [first, ...rest] = args;
  if (first === undefined) throw problem(parser, "empty command");
  return { kind: "command", source: parser.source, at, args: [first, ...rest] };
}

function parseOperand(parser: Parser): Operand | undefined {
  const node = parseTerm(parser);
  if (node === undefined || peek(parser).kind !== "field") return node;
  const { at } = peek(parser);
  const names: string[] = [];
  while (peek(parser).kind === "field") names.push(next(parser).text.slice(1));
  switch (node.kind) {
    case "field":
    case "variable":
      return { ...node, at, names: [...node.names, ...names] };
    case "bool":
    case "string":
    case "number":
    case "nil":
    case "dot":
      throw problem(parser, `unexpected . after term ${quote(formatNode(node))}`);
    default:
      return { kind: "chain", source: parser.source, at, node, names };
  }
}

function parseTerm(parser: Parser): Operand | undefined {
  const token = nextWord(parser);
  const { source } = parser;
  const { at, text } = token;
  switch (token.kind) {
    case "identifier":
      if (!parser.hasFunction(text)) throw problem(parser, `function ${quote(text)} not defined`);
      return { kind: "identifier", source, at, name: text };
    case ".":
      return { kind: "dot", source, at };
    case "nil":
      return { kind: "nil", source, at };
    case "variable":
      if (!parser.scope.has(text)) throw problem(parser, `undefined variable ${quote(text)}`);
      return variableOf(parser, at, text);
    case "field":
      return { kind: "field", source, at, names: [text.slice(1)] };
    case "bool":
      return { kind: "bool", source, at, value: text === "true" };
    case "character constant":
    case "number":
    case "complex":
      return parseNumber(parser, token);
    case "left parenthesis":
      return nested(parser, "expression", () => parsePipe(parser, "parenthesized pipeline", "right parenthesis"));
    case "string":
    case "raw string":
      return { kind: "string", source, at, quoted: text, text: placed(parser, () => readString(text)) };
    default:
      putBack(parser, token);
      return undefined;
  }
}

function parseNumber(parser: Parser, { kind, at, text }: Token): NumberConstant {
  if (kind === "complex" || text.endsWith("i")) throw problem(parser, `complex numbers are not known: ${quote(text)}`);
  const read = kind === "character constant" ? readCharacter : readNumber;
  const { int, float } = placed(parser, () => read(text));
  const isWhole = kind === "character constant" || /^[+-]?0[xX][^pP]*$/.test(text) || !/[.eEpP]/.test(text);
  const ideal = isWhole ? int : (float ?? int);
  return { kind: "number", source: parser.source, at, text, int, float, ideal };
}
