// After text/template/exec.go of Go 1.26: what pipelines, commands and their operands give.
import { quote } from "@sightline/gotext/quote";
import { stepUnits } from "../budget.ts";
import { any } from "../func.ts";
import { formatNode } from "../parse/format-node.ts";
import type { Chain, Command, Field, Identifier, NumberConstant, Operand, Pipe, Variable } from "../parse/node.ts";
import { type Parameter, typeName, type Value } from "../value.ts";
import { callWith, type Given } from "./call.ts";
import { fieldOf } from "./field.ts";
import { inside, problem, type State, setVariable, variableOf } from "./state.ts";

/** The value of a pipeline, whose variables get it too. Without a pipeline nil. */
export function evaluatePipe(state: State, dot: Value, pipe: Pipe | undefined): Value {
  if (pipe === undefined) return null;
  state.node = pipe;
  let value: Value | undefined;
  for (const command of pipe.commands) value = evaluateCommand(state, dot, { command, piped: value });
  for (const { name } of pipe.variables) {
    if (pipe.isAssignment) setVariable(state, name, value ?? null);
    else state.variables.push({ name, value: value ?? null });
  }
  return value ?? null;
}

interface Step {
  readonly command: Command;
  /** What the command before gave. */
  readonly piped: Value | undefined;
}

function evaluateCommand(state: State, dot: Value, { command, piped }: Step): Value {
  state.environment.budget.spend(stepUnits);
  const [first, ...args] = command.args;
  const given: Given = { args, piped, dot, evaluate: evaluateArgument, node: command };
  switch (first.kind) {
    case "field":
      return evaluateField(state, first, given);
    case "chain":
      return evaluateChain(state, first, given);
    case "identifier":
      return evaluateFunction(state, first, given);
    case "pipe":
      refuseArguments(state, first, given);
      return inside(state, "expression", () => evaluatePipe(state, dot, first));
    case "variable":
      return evaluateVariable(state, first, given);
    default:
      state.node = first;
      refuseArguments(state, first, given);
      return constantOf(state, dot, first);
  }
}

function refuseArguments(state: State, operand: Operand, { args, piped }: Given): void {
  if (args.length > 0 || piped !== undefined) {
    throw problem(state, `can't give argument to non-function ${formatNode(operand)}`);
  }
}

function constantOf(state: State, dot: Value, operand: Operand): Value {
  switch (operand.kind) {
    case "bool":
      return operand.value;
    case "dot":
      return dot;
    case "number":
      return idealNumber(state, operand);
    case "string":
      return operand.text;
    case "nil":
      throw problem(state, "nil is not a command");
    default:
      throw problem(state, `can't evaluate command ${quote(formatNode(operand))}`);
  }
}

/** A number where any type will do: what was written like a float is one. */
function idealNumber(state: State, constant: NumberConstant): Value {
  state.node = constant;
  const { text, int, float } = constant;
  const isWhole = text.startsWith("'") || /^[+-]?0[xX][^pP]*$/.test(text) || !/[.eEpP]/.test(text);
  if (!isWhole && float !== undefined) return float;
  if (int === undefined) throw problem(state, `${text} overflows int`);
  return int;
}

function evaluateField(state: State, field: Field, given: Given): Value {
  state.node = field;
  return fieldOf(state, given.dot, { node: field, names: field.names, given });
}

function evaluateChain(state: State, chain: Chain, given: Given): Value {
  state.node = chain;
  if (chain.node.kind === "nil") {
    throw problem(state, `indirection through explicit nil in ${formatNode(chain)}`);
  }
  const value = evaluateArgument(state, given.dot, { parameter: any, operand: chain.node });
  return fieldOf(state, value, { node: chain, names: chain.names, given });
}

function evaluateVariable(state: State, variable: Variable, given: Given): Value {
  state.node = variable;
  const value = variableOf(state, variable.name);
  if (variable.names.length > 0) return fieldOf(state, value, { node: variable, names: variable.names, given });
  refuseArguments(state, variable, given);
  return value;
}

function evaluateFunction(state: State, identifier: Identifier, given: Given): Value {
  const { name } = identifier;
  state.node = identifier;
  const func = state.environment.functionOf(name);
  if (func === undefined) throw problem(state, `${quote(name)} is not a defined function`);
  const { args, piped, dot, evaluate, node } = given;
  return callWith(state, func, { args, piped, dot, evaluate, node, name });
}

/** An operand that is the argument of a function. */
export interface Argument {
  readonly parameter: Parameter;
  readonly operand: Operand;
}

function evaluateArgument(state: State, dot: Value, { parameter, operand }: Argument): Value {
  state.node = operand;
  const given: Given = { args: [], piped: undefined, dot, evaluate: evaluateArgument, node: operand };
  const checked = (value: Value) => validate(state, value, parameter);
  switch (operand.kind) {
    case "dot":
      return checked(dot);
    case "nil":
      if (parameter.takesNil) return null;
      throw problem(state, `cannot assign nil to ${parameter.type}`);
    case "field":
      return checked(evaluateField(state, operand, given));
    case "variable":
      return checked(evaluateVariable(state, operand, given));
    case "pipe":
      return checked(inside(state, "expression", () => evaluatePipe(state, dot, operand)));
    case "identifier":
      return checked(evaluateFunction(state, operand, given));
    case "chain":
      return checked(evaluateChain(state, operand, given));
    default:
      return evaluateConstant(state, dot, { parameter, operand });
  }
}

const wanted = { string: "string", int: "integer", float: "float", bool: "bool" } as const;

function evaluateConstant(state: State, dot: Value, { parameter, operand }: Argument): Value {
  const { constant, type } = parameter;
  if (constant === "any") return constantOf(state, dot, operand);
  if (constant === "none") throw problem(state, `can't handle ${formatNode(operand)} for arg of type ${type}`);
  if (constant === "string" && operand.kind === "string") return operand.text;
  if (constant === "bool" && operand.kind === "bool") return operand.value;
  if (constant === "int" && operand.kind === "number" && operand.int !== undefined) {
    return parameter.ofInt?.(operand.int) ?? operand.int;
  }
  if (constant === "float" && operand.kind === "number" && operand.float !== undefined) return operand.float;
  throw problem(state, `expected ${wanted[constant]}; found ${formatNode(operand)}`);
}

/** A value that a parameter takes, or an error. */
export function validate(state: State, value: Value, parameter: Parameter): Value {
  if (value === null) {
    if (parameter.takesNil) return null;
    throw problem(state, `invalid value; expected ${parameter.type}`);
  }
  if (parameter.accepts(value)) return value;
  throw problem(state, `wrong type for value; expected ${parameter.type}; got ${typeName(value)}`);
}
