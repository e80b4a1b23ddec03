import { checkArguments, type FunctionContext, type TemplateFunction } from "./function.ts";
import type { Command, Operand, Pipe, TemplateNode } from "./node.ts";
import { isList, isMap, isTrue, printValue, TemplateError, type TemplateValue, typeOf } from "./value.ts";

/** The longest text that a template may make of one line. */
const maxOutput = 1_048_576;

/** What a template is filled in with. */
export interface TemplateInput {
  readonly functions: ReadonlyMap<string, TemplateFunction>;
  readonly context: FunctionContext;
  /** The labels: a map of which everything that is missing is empty. */
  readonly data: ReadonlyMap<string, TemplateValue>;
}

interface State extends TemplateInput {
  output: string;
  readonly variables: { readonly name: string; value: TemplateValue }[];
}

type Flow = "next" | "break" | "continue";

/** Fills a template in. Throws TemplateError where an action cannot be carried out. */
export function executeTemplate(nodes: readonly TemplateNode[], input: TemplateInput): string {
  const state: State = { ...input, output: "", variables: [{ name: "$", value: input.data }] };
  walkAll(state, input.data, nodes);
  return state.output;
}

function write(state: State, text: string): void {
  state.output += text;
  if (state.output.length > maxOutput) throw new TemplateError(`output is longer than ${maxOutput} characters`);
}

function walkAll(state: State, dot: TemplateValue, nodes: readonly TemplateNode[]): Flow {
  for (const node of nodes) {
    const flow = walk(state, dot, node);
    if (flow !== "next") return flow;
  }
  return "next";
}

function walk(state: State, dot: TemplateValue, node: TemplateNode): Flow {
  switch (node.type) {
    case "text":
      write(state, node.text);
      return "next";
    case "action": {
      const value = evaluatePipe(state, dot, node.pipe);
      if (node.pipe.variables.length === 0) write(state, value === null ? "<no value>" : printValue(value));
      return "next";
    }
    case "if":
    case "with": {
      const scope = state.variables.length;
      const value = evaluatePipe(state, dot, node.pipe);
      const inner = node.type === "with" && isTrue(value) ? value : dot;
      const flow = walkAll(state, inner, isTrue(value) ? node.body : node.otherwise);
      state.variables.length = scope;
      return flow;
    }
    case "range":
      return walkRange(state, dot, node);
    default:
      return node.type;
  }
}

function walkRange(state: State, dot: TemplateValue, node: TemplateNode & { type: "range" | "if" | "with" }): Flow {
  const scope = state.variables.length;
  const { variables } = node.pipe;
  const value = evaluatePipe(state, dot, { ...node.pipe, variables: [] });
  const entries = entriesOf(value);
  if (entries.length === 0) return walkAll(state, dot, node.otherwise);
  for (const [key, item] of entries) {
    const names = variables.length === 2 ? [key, item] : [item];
    for (const [index, name] of variables.entries()) setVariable(state, node.pipe, [name, names[index] ?? null]);
    const flow = walkAll(state, item, node.body);
    state.variables.length = scope;
    if (flow === "break") break;
  }
  return "next";
}

function entriesOf(value: TemplateValue): [TemplateValue, TemplateValue][] {
  if (value === null) return [];
  if (isList(value)) return value.map((item, index) => [BigInt(index), item]);
  if (isMap(value)) return [...value].sort(([a], [b]) => (a < b ? -1 : 1));
  if (typeof value === "bigint" && value <= 10_000n) {
    return Array.from({ length: Math.max(0, Number(value)) }, (_, index) => [BigInt(index), BigInt(index)]);
  }
  throw new TemplateError(`range can't iterate over ${printValue(value)}`);
}

function setVariable(state: State, pipe: Pipe, [name, value]: readonly [string, TemplateValue]): void {
  const known = pipe.isAssignment ? state.variables.findLast((variable) => variable.name === name) : undefined;
  if (known === undefined) state.variables.push({ name, value });
  else known.value = value;
}

function evaluatePipe(state: State, dot: TemplateValue, pipe: Pipe): TemplateValue {
  let value: TemplateValue | undefined;
  for (const command of pipe.commands) value = evaluateCommand(state, command, { dot, piped: value });
  for (const name of pipe.variables) setVariable(state, pipe, [name, value ?? null]);
  return value ?? null;
}

interface Given {
  readonly dot: TemplateValue;
  /** What the command before gave. */
  readonly piped: TemplateValue | undefined;
}

function evaluateCommand(state: State, { operands }: Command, { dot, piped }: Given): TemplateValue {
  const [first, ...rest] = operands;
  if (first.type !== "function") {
    if (rest.length > 0 || piped !== undefined)
      throw new TemplateError(`can't give argument to non-function ${nameOf(first)}`);
    return evaluateOperand(state, dot, first);
  }
  const more = piped === undefined ? [] : [piped];
  if (first.name === "and" || first.name === "or") return evaluateLogic(state, dot, { name: first.name, rest, more });
  return callFunction(state, first.name, [...rest.map((operand) => evaluateOperand(state, dot, operand)), ...more]);
}

function nameOf(operand: Operand): string {
  if (operand.type === "dot") return `.${operand.fields.join(".")}`;
  return operand.type === "variable" ? operand.name : operand.type;
}

/** `and` and `or` evaluate their arguments no further than they have to. */
function evaluateLogic(
  state: State,
  dot: TemplateValue,
  { name, rest, more }: { name: "and" | "or"; rest: readonly Operand[]; more: readonly TemplateValue[] },
): TemplateValue {
  if (rest.length + more.length === 0)
    throw new TemplateError(`wrong number of args for ${name}: want at least 1 got 0`);
  let value: TemplateValue = null;
  for (const operand of rest) {
    value = evaluateOperand(state, dot, operand);
    if (isTrue(value) === (name === "or")) return value;
  }
  return more[0] ?? value;
}

function callFunction(state: State, name: string, values: readonly TemplateValue[]): TemplateValue {
  const wanted = state.functions.get(name);
  if (wanted === undefined) throw new TemplateError(`"${name}" is not a defined function`);
  return wanted.call(checkArguments(name, wanted, values), state.context);
}

function evaluateOperand(state: State, dot: TemplateValue, operand: Operand): TemplateValue {
  switch (operand.type) {
    case "value":
      return operand.value;
    case "dot":
      return evaluateFields(state, dot, operand.fields);
    case "variable": {
      const value = state.variables.findLast(({ name }) => name === operand.name)?.value ?? null;
      return evaluateFields(state, value, operand.fields);
    }
    case "function":
      return callFunction(state, operand.name, []);
    case "pipe":
      return evaluateFields(state, evaluatePipe(state, dot, operand.pipe), operand.fields);
  }
}

/** Missing labels are empty texts; missing fields of other maps are nil. */
function evaluateFields({ data }: State, from: TemplateValue, fields: readonly string[]): TemplateValue {
  let value = from;
  for (const field of fields) {
    if (value === null) throw new TemplateError(`nil pointer evaluating interface {}.${field}`);
    if (!isMap(value)) throw new TemplateError(`can't evaluate field ${field} in type ${typeOf(value)}`);
    value = value.get(field) ?? (value === data ? "" : null);
  }
  return value;
}
