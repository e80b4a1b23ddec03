// After text/template/exec.go of Go 1.26: what pipelines, commands and their operands give. Each is made ready once, as a closure.
import { quote } from "@sightline/gotext/quote";
import { stepUnits } from "../budget.ts";
import { any } from "../func.ts";
import { formatNode } from "../parse/format-node.ts";
import type { Chain, Command, Field, Identifier, Operand, Pipe, Variable } from "../parse/node.ts";
import { type Parameter, typeName, type Value } from "../value.ts";
import { type Argument, compileCall } from "./call.ts";
import { compileNames } from "./field.ts";
import { enter, problem, type State, setVariable, variableOf } from "./state.ts";

/** Gives a value where the dot is what it is. */
export type Evaluate = (state: State, dot: Value) => Value;

/** A command of a pipeline; `piped` is what the one before gave. */
type Step = (state: State, dot: Value, piped: Value | undefined) => Value;

/** Makes a pipeline ready, whose variables get its value too. */
export function compilePipe(pipe: Pipe): Evaluate {
  const steps = pipe.commands.map(compileCommand);
  const units = stepUnits * steps.length;
  const [only] = steps;
  if (only !== undefined && steps.length === 1 && pipe.variables.length === 0) {
    return (state, dot) => {
      state.node = pipe;
      state.budget.spend(units);
      return only(state, dot, undefined);
    };
  }
  return (state, dot) => {
    state.node = pipe;
    state.budget.spend(units);
    let piped: Value | undefined;
    for (const step of steps) piped = step(state, dot, piped);
    const value = piped ?? null;
    for (const { name } of pipe.variables) {
      if (pipe.isAssignment) setVariable(state, name, value);
      else state.variables.push({ name, value });
    }
    return value;
  };
}

/** The operands behind the first one, and the command that messages show. */
interface Behind {
  readonly node: Command | Operand;
  readonly operands: readonly Operand[];
}

function compileCommand(command: Command): Step {
  const [first, ...operands] = command.args;
  return compileFirst(first, { node: command, operands });
}

function compileFirst(first: Operand, behind: Behind): Step {
  switch (first.kind) {
    case "field":
      return compileField(first, behind);
    case "chain":
      return compileChain(first, behind);
    case "identifier":
      return compileFunction(first, behind);
    case "variable":
      return compileVariable(first, behind);
    case "pipe": {
      const inner = compileNested(first);
      return (state, dot, piped) => {
        refuseArguments(state, first, behind.operands.length > 0 || piped !== undefined);
        return inner(state, dot);
      };
    }
    default:
      return (state, dot, piped) => {
        state.node = first;
        refuseArguments(state, first, behind.operands.length > 0 || piped !== undefined);
        return constantOf(state, dot, first);
      };
  }
}

function refuseArguments(state: State, operand: Operand, areThere: boolean): void {
  if (areThere) throw problem(state, `can't give argument to non-function ${formatNode(operand)}`);
}

/** A pipeline in parentheses. */
function compileNested(pipe: Pipe): Evaluate {
  const run = compilePipe(pipe);
  return (state, dot) => {
    enter(state, "expression");
    const value = run(state, dot);
    state.budget.depth--;
    return value;
  };
}

function constantOf(state: State, dot: Value, operand: Operand): Value {
  switch (operand.kind) {
    case "bool":
      return operand.value;
    case "dot":
      return dot;
    case "number":
      if (operand.ideal !== undefined) return operand.ideal;
      state.node = operand;
      throw problem(state, `${operand.text} overflows int`);
    case "string":
      return operand.text;
    case "nil":
      throw problem(state, "nil is not a command");
    default:
      throw problem(state, `can't evaluate command ${quote(formatNode(operand))}`);
  }
}

function compileField(field: Field, { operands }: Behind): Step {
  const args = operands.map(compileArgument);
  const lookUp = compileNames({ node: field, names: field.names, operands, args });
  return (state, dot, piped) => {
    state.node = field;
    return lookUp(state, dot, args.length === 0 && piped === undefined ? undefined : { dot, piped });
  };
}

function compileChain(chain: Chain, { operands }: Behind): Step {
  const args = operands.map(compileArgument);
  const lookUp = compileNames({ node: chain, names: chain.names, operands, args });
  const receiver = compileArgument(chain.node);
  return (state, dot, piped) => {
    state.node = chain;
    if (chain.node.kind === "nil") {
      throw problem(state, `indirection through explicit nil in ${formatNode(chain)}`);
    }
    const value = receiver(state, dot, any);
    return lookUp(state, value, args.length === 0 && piped === undefined ? undefined : { dot, piped });
  };
}

function compileVariable(variable: Variable, { operands }: Behind): Step {
  const { name, names } = variable;
  if (names.length === 0) {
    return (state, _, piped) => {
      state.node = variable;
      const value = variableOf(state, name);
      refuseArguments(state, variable, operands.length > 0 || piped !== undefined);
      return value;
    };
  }
  const args = operands.map(compileArgument);
  const lookUp = compileNames({ node: variable, names, operands, args });
  return (state, dot, piped) => {
    state.node = variable;
    const given = args.length === 0 && piped === undefined ? undefined : { dot, piped };
    return lookUp(state, variableOf(state, name), given);
  };
}

function compileFunction(identifier: Identifier, { node, operands }: Behind): Step {
  const { name } = identifier;
  const call = compileCall({ name, node, operands, args: operands.map(compileArgument) });
  return (state, dot, piped) => {
    state.node = identifier;
    const func = state.environment.functionOf(name);
    if (func === undefined) throw problem(state, `${quote(name)} is not a defined function`);
    return call(state, func, { dot, piped });
  };
}

function compileArgument(operand: Operand): Argument {
  const evaluate = compileOperand(operand);
  if (evaluate === undefined) {
    return (state, dot, parameter) => {
      state.node = operand;
      return evaluateConstant(state, dot, { parameter, operand });
    };
  }
  return (state, dot, parameter) => {
    state.node = operand;
    return validate(state, evaluate(state, dot), parameter);
  };
}

/** An operand that is no constant. */
function compileOperand(operand: Operand): Evaluate | undefined {
  switch (operand.kind) {
    case "dot":
      return (_, dot) => dot;
    case "pipe":
      return compileNested(operand);
    case "field":
    case "variable":
    case "identifier":
    case "chain": {
      const step = compileFirst(operand, { node: operand, operands: [] });
      return (state, dot) => step(state, dot, undefined);
    }
    default:
      return undefined;
  }
}

/** A constant as the argument of a function. */
interface Constant {
  readonly parameter: Parameter;
  readonly operand: Operand;
}

const wanted = { string: "string", int: "integer", float: "float", bool: "bool" } as const;

function evaluateConstant(state: State, dot: Value, { parameter, operand }: Constant): Value {
  const { constant, type } = parameter;
  if (operand.kind === "nil") {
    if (parameter.takesNil) return null;
    throw problem(state, `cannot assign nil to ${type}`);
  }
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
function validate(state: State, value: Value, parameter: Parameter): Value {
  if (value === null) {
    if (parameter.takesNil) return null;
    throw problem(state, `invalid value; expected ${parameter.type}`);
  }
  if (parameter.accepts(value)) return value;
  throw problem(state, `wrong type for value; expected ${parameter.type}; got ${typeName(value)}`);
}
