// After text/template/exec.go of Go 1.26: what nodes do. Each is made ready once, as a closure: a template may be executed for every line of
// a log.
import { quote } from "@sightline/gotext/quote";
import { stepUnits } from "../budget.ts";
import { formatNode } from "../parse/format-node.ts";
import type { Action, Body, Branch, Node, TemplateCall } from "../parse/node.ts";
import { printValue } from "../print/print.ts";
import { baseOf, isTrue, pointedTo, sortedEntries, typeName, type Value } from "../value.ts";
import { compilePipe, type Evaluate } from "./pipe.ts";
import { enter, problem, type State, setVariable, write } from "./state.ts";

/** What comes after a node: the next one, or the end of the round or of the loop. */
type Flow = "next" | "break" | "continue";

/** Does what a node, or a body of them, says. */
export type Walk = (state: State, dot: Value) => Flow;

const known = new WeakMap<Body, Walk>();

/** The body of a template, made ready when it is first asked for. */
export function compiled(body: Body): Walk {
  const before = known.get(body);
  if (before !== undefined) return before;
  const walk = compileBody(body);
  known.set(body, walk);
  return walk;
}

function compileBody({ nodes }: Body): Walk {
  const walks = nodes.map(compileNode);
  return (state, dot) => {
    for (const walk of walks) {
      const flow = walk(state, dot);
      if (flow !== "next") return flow;
    }
    return "next";
  };
}

function compileNode(node: Node): Walk {
  switch (node.kind) {
    case "text":
      return (state) => {
        begin(state, node);
        write(state, node.text);
        return "next";
      };
    case "action":
      return compileAction(node);
    case "if":
    case "with":
      return nested(node, compileCondition(node));
    case "range":
      return nested(node, compileRange(node));
    case "template":
      return nested(node, compileTemplateCall(node));
    default:
      return (state) => {
        begin(state, node);
        return node.kind;
      };
  }
}

function begin(state: State, node: Node): void {
  state.node = node;
  state.budget.spend(stepUnits);
}

function nested(node: Node, walk: Walk): Walk {
  return (state, dot) => {
    begin(state, node);
    enter(state, "template");
    const flow = walk(state, dot);
    state.budget.depth--;
    return flow;
  };
}

function compileAction(node: Action): Walk {
  const evaluate = compilePipe(node.pipe);
  if (node.pipe.variables.length > 0) {
    return (state, dot) => {
      begin(state, node);
      evaluate(state, dot);
      return "next";
    };
  }
  return (state, dot) => {
    begin(state, node);
    const value = evaluate(state, dot);
    state.node = node;
    write(state, typeof value === "string" ? value : shown(state, node, value));
    return "next";
  };
}

function shown(state: State, node: Action, value: Value): string {
  if (value === null) return "<no value>";
  if (typeof value === "object" && value.kind === "func") {
    throw problem(state, `can't print ${formatNode(node)} of type ${typeName(value)}`);
  }
  return printed(state, pointedTo(value));
}

function printed(state: State, value: Value): string {
  try {
    return printValue(value, state.budget);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "invalid_argument") {
      throw problem(state, thrown.message, thrown);
    }
    throw thrown;
  }
}

function compileCondition(node: Branch): Walk {
  const evaluate = compilePipe(node.pipe);
  const body = compileBody(node.body);
  const otherwise = node.otherwise === undefined ? undefined : compileBody(node.otherwise);
  return (state, dot) => {
    const mark = state.variables.length;
    const value = evaluate(state, dot);
    const isChosen = isTrue(value);
    const chosen = isChosen ? body : otherwise;
    const flow = chosen === undefined ? "next" : chosen(state, isChosen && node.kind === "with" ? value : dot);
    state.variables.length = mark;
    return flow;
  };
}

function compileRange(node: Branch): Walk {
  const evaluate = compilePipe(node.pipe);
  const body = compileBody(node.body);
  const otherwise = node.otherwise === undefined ? undefined : compileBody(node.otherwise);
  return (state, dot) => {
    const mark = state.variables.length;
    const value = evaluate(state, dot);
    const inner = state.variables.length;
    let isEmpty = true;
    for (const [key, item] of rounds(state, value, node)) {
      isEmpty = false;
      state.budget.spend(stepUnits);
      setRangeVariables(state, node, [key, item]);
      const flow = body(state, item);
      state.variables.length = inner;
      if (flow === "break") break;
    }
    const flow = isEmpty && otherwise !== undefined ? otherwise(state, dot) : "next";
    state.variables.length = mark;
    return flow;
  };
}

function setRangeVariables(state: State, { pipe }: Branch, [key, item]: readonly [Value, Value]): void {
  const values = pipe.variables.length > 1 ? [key, item] : [item];
  for (const [index, { name }] of pipe.variables.entries()) {
    const value = values[index] ?? null;
    const variable = state.variables.at(index - pipe.variables.length);
    if (pipe.isAssignment) setVariable(state, name, value);
    else if (variable !== undefined) variable.value = value;
  }
}

function* rounds(state: State, value: Value, { pipe }: Branch): Generator<readonly [Value, Value]> {
  const base = baseOf(value);
  if (base === null) return;
  if (typeof base === "bigint") {
    if (pipe.variables.length > 1) {
      throw problem(state, `can't use ${base} to iterate over more than one variable`);
    }
    for (let number = 0n; number < base; number++) yield [null, number];
  } else if (typeof base === "object" && base.kind === "list") {
    for (const [index, item] of base.items.entries()) yield [BigInt(index), item];
  } else if (typeof base === "object" && base.kind === "dict") {
    yield* sortedEntries(base);
  } else {
    throw problem(state, `range can't iterate over ${printed(state, value)}`);
  }
}

const nil: Evaluate = () => null;

function compileTemplateCall(node: TemplateCall): Walk {
  const evaluate = node.pipe === undefined ? nil : compilePipe(node.pipe);
  return (state, dot) => {
    const body = state.environment.templates.get(node.name);
    if (body === undefined) throw problem(state, `template ${quote(node.name)} not defined`);
    const data = evaluate(state, dot);
    const variables = [{ name: "$", value: data }];
    compiled(body)({ ...state, template: node.name, variables, node: undefined }, data);
    return "next";
  };
}
