// After html/template/escape.go of Go 1.26.
import { type AppError, invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";
import type { Budget } from "../budget.ts";
import { formatPlace } from "../parse/format-node.ts";
import type { Body, Branch, Node, TemplateCall, Templates } from "../parse/node.ts";
import { escapersOf, nudge } from "./action-escapers.ts";
import { areEqual, type Context, type EscapeProblem, failed, formatContext, nameIn, startContext } from "./context.ts";
import { escapeText } from "./escape-text.ts";
import { withEscapers } from "./pipeline.ts";

/**
 * Rewrites a template, and all that it calls, so that whatever its values are, what it gives is the HTML that its author wrote: each value
 * goes through the functions that escape it for the place where it stands. Throws invalid_argument with html/template's message where
 * that cannot be told, resource_exhausted where it takes more than the budget.
 */
export function escapeTemplates(templates: Templates, name: string, budget: Budget): Templates {
  const body = templates.get(name);
  if (body === undefined) throw invalid(`html/template: ${quote(name)} is undefined`);
  const escaper: Escaper = {
    templates,
    budget,
    outputs: new Map(),
    bodies: new Map(),
    called: new Set(),
    loop: undefined,
    depth: 0,
  };
  const { context } = escapeCall(escaper, startContext, { node: body, name, line: 0 });
  if (context.problem !== undefined) throw thrown(context.problem, name);
  if (context.state !== "Text") {
    throw thrown({ message: `ends in a non-text context: ${formatContext(context)}`, node: undefined, line: 0 }, name);
  }
  return escaper.bodies;
}

function thrown({ message, node, line }: EscapeProblem, name: string): AppError {
  if (node !== undefined) return invalid(`html/template:${formatPlace(node)}: ${message}`);
  if (line > 0) return invalid(`html/template:${name}:${line}: ${message}`);
  return invalid(name === "" ? `html/template: ${message}` : `html/template:${name}: ${message}`);
}

/** The contexts at the places where a loop is left, or begun anew. */
interface Loop {
  readonly jumps: Context[];
}

/** What is found out, and what is made, while templates are escaped. */
interface Escaper {
  readonly templates: Templates;
  readonly budget: Budget;
  /** The context behind a template, by its name in the context before it. */
  readonly outputs: Map<string, Context>;
  /** The templates as they were rewritten, by the same names. */
  readonly bodies: Map<string, Body>;
  /** The names that were called. */
  readonly called: Set<string>;
  loop: Loop | undefined;
  /** How many templates and blocks are open. */
  readonly depth: number;
}

/** How deep templates and blocks may lie in each other. */
const maxDepth = 300;

/** Something that was escaped, and the context behind it. */
interface Escaped<T> {
  readonly context: Context;
  readonly made: T;
}

function escapeBody(escaper: Escaper, start: Context, body: Body): Escaped<Body> {
  let context = start;
  const nodes: Node[] = [];
  for (const node of body.nodes) {
    escaper.budget.spend(100);
    const escaped = escapeNode(escaper, context, node);
    nodes.push(escaped.made);
    context = escaped.context;
    if (context.state === "Dead") break;
  }
  return { context, made: { ...body, nodes } };
}

function escapeNode(escaper: Escaper, context: Context, node: Node): Escaped<Node> {
  switch (node.kind) {
    case "text": {
      const { context: after, text } = escapeText(context, node.text, escaper.budget);
      return { context: after, made: { ...node, text } };
    }
    case "action": {
      if (node.pipe.variables.length > 0) return { context, made: node };
      const { context: after, escapers } = escapersOf(context, node);
      return { context: after, made: { ...node, pipe: withEscapers(node.pipe, escapers) } };
    }
    case "break":
    case "continue":
      escaper.loop?.jumps.push({ ...context, jump: node });
      return { context: { ...startContext, state: "Dead" }, made: node };
    case "template": {
      const { context: after, made } = escapeCall(escaper, context, { node, name: node.name, line: node.line });
      return { context: after, made: rename(node, made) };
    }
    default:
      return escapeBranch(escaper, context, node);
  }
}

function rename(node: TemplateCall, name: string): TemplateCall {
  return { ...node, name };
}

function escapeBranch(escaper: Escaper, context: Context, node: Branch): Escaped<Node> {
  if (escaper.depth >= maxDepth) return { context: failed("blocks are nested too deeply", node), made: node };
  const inner: Escaper = { ...escaper, depth: escaper.depth + 1 };
  const outer = escaper.loop;
  if (node.kind === "range") inner.loop = { jumps: [] };
  const body = escapeBody(inner, context, node.body);
  let after = body.context;
  if (node.kind === "range") {
    after = afterLoop(inner, after, node);
    if (after.state === "Error") return { context: after, made: node };
  }
  inner.loop = outer;
  const otherwise = node.otherwise === undefined ? undefined : escapeBody(inner, context, node.otherwise);
  const made = { ...node, body: body.made, otherwise: otherwise?.made };
  return { context: join(after, otherwise?.context ?? context, node), made };
}

/** The body of a loop may be executed again: behind it there has to be the same context then. */
function afterLoop(escaper: Escaper, first: Context, node: Branch): Context {
  const once = joinJumps(first, escaper.loop);
  if (once.state === "Error") return once;
  escaper.loop = { jumps: [] };
  const again = escapeBody(tentative(escaper), once, node.body);
  const joined = join(once, again.context, node);
  if (joined.problem !== undefined) {
    const { message, node: where } = joined.problem;
    return failed(`on range loop re-entry: ${message}`, where, node.line);
  }
  return joinJumps(joined, escaper.loop);
}

function joinJumps(context: Context, loop: Loop | undefined): Context {
  let joined = context;
  const jumps = loop?.jumps ?? [];
  const isBreak = ({ jump }: Context) => jump?.kind === "break";
  for (const { jump, ...at } of [...jumps.filter(isBreak), ...jumps.filter((each) => !isBreak(each))]) {
    if (joined.state === "Error" || jump === undefined) return joined;
    joined = join(joined, at, jump);
    if (joined.problem === undefined) continue;
    const { message, node } = joined.problem;
    return failed(`at range loop ${jump.kind}: ${message}`, node, jump.line);
  }
  return joined;
}

/** An escaper whose findings are only taken over when they prove right. */
function tentative(escaper: Escaper): Escaper {
  const { outputs, budget } = escaper;
  budget.spend(outputs.size * 20);
  return { ...escaper, outputs: new Map(outputs), bodies: new Map(), called: new Set() };
}

/** The context behind two ways that a template may go; the two have to be the same, or to differ in what can be left open. */
function join(a: Context, b: Context, node: Branch | NonNullable<Context["jump"]>): Context {
  if (a.state === "Error" || b.state === "Dead") return a;
  if (b.state === "Error" || a.state === "Dead") return b;
  if (areEqual(a, b)) return a;
  if (areEqual({ ...a, urlPart: b.urlPart }, b)) return { ...a, urlPart: "Unknown" };
  if (areEqual({ ...a, slash: b.slash }, b)) return { ...a, slash: "Unknown" };
  const [c, d] = [nudge(a), nudge(b)];
  if (!(areEqual(c, a) && areEqual(d, b))) {
    const joined = join(c, d, node);
    if (joined.state !== "Error") return joined;
  }
  const kind = node.kind === "break" || node.kind === "continue" ? "range" : node.kind;
  return failed(`{{${kind}}} branches end in different contexts: ${formatContext(a)}, ${formatContext(b)}`, node);
}

interface Call {
  /** What messages are about. */
  readonly node: Node | Body;
  readonly name: string;
  readonly line: number;
}

/** Escapes a template for the context that it is called in, once for each: its name there, and the context behind it. */
function escapeCall(escaper: Escaper, context: Context, { node, name, line }: Call): Escaped<string> {
  const own = nameIn(context, name);
  escaper.called.add(own);
  const known = escaper.outputs.get(own);
  if (known !== undefined) return { context: known, made: own };
  const body = escaper.templates.get(name);
  if (body === undefined) return { context: failed(`no such template ${quote(name)}`, node, line), made: own };
  if (escaper.depth >= maxDepth) return { context: failed("templates are nested too deeply", node, line), made: own };
  return { context: contextBehind({ ...escaper, depth: escaper.depth + 1 }, context, { own, body }), made: own };
}

interface Called {
  readonly own: string;
  readonly body: Body;
}

function contextBehind(escaper: Escaper, context: Context, called: Called): Context {
  // A template may call itself: that it ends as it begins is assumed, and else that it ends as it did the first time.
  const first = escapeAssuming(escaper, context, called);
  if (first.isRight || first.context.state === "Error") return first.context;
  const second = escapeAssuming(escaper, first.context, called);
  if (second.isRight) return second.context;
  return failed(`cannot compute output context for template ${called.own}`, called.body);
}

interface Assumed {
  readonly context: Context;
  readonly isRight: boolean;
}

function escapeAssuming(escaper: Escaper, assumed: Context, { own, body }: Called): Assumed {
  escaper.outputs.set(own, assumed);
  const trial = tentative(escaper);
  const { context, made } = escapeBody(trial, assumed, body);
  const isRight = context.state !== "Error" && (!trial.called.has(own) || areEqual(assumed, context));
  if (isRight) {
    for (const [name, output] of trial.outputs) escaper.outputs.set(name, output);
    for (const [name, each] of trial.bodies) escaper.bodies.set(name, each);
    for (const name of trial.called) escaper.called.add(name);
    escaper.bodies.set(own, made);
  }
  return { context, isRight };
}
