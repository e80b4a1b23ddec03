// After Expander of Prometheus' template/template.go (3.16, Apache-2.0).
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Budget } from "@sightline/gotemplate/budget";
import type { MissingKey } from "@sightline/gotemplate/execute/state";
import { any, func2, text } from "@sightline/gotemplate/func";
import type { Functions } from "@sightline/gotemplate/functions/builtins";
import { safeContent } from "@sightline/gotemplate/html/content";
import type { Templates } from "@sightline/gotemplate/parse/node";
import {
  budgetOf,
  defaultLimits,
  escapeForHtml,
  expandHtml,
  expandText,
  type Limits,
  parseSource,
} from "@sightline/gotemplate/template";
import type { Value } from "@sightline/gotemplate/value";
import type { Vector } from "../evaluate/queries.ts";
import { ruleFunctions } from "./functions.ts";
import { queryResult } from "./samples.ts";

/** What is expanded, and with what. */
export interface Expansion {
  readonly text: string;
  /** The template's name in messages. */
  readonly name: string;
  readonly dot: Value;
  /** The time that is evaluated, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly externalUrl: string;
  /**
   * Answers a query of the template at that time. It is asked one query after the other, none of them twice. What it rejects with is the
   * template's error.
   */
  readonly query: (expression: string, atMs: number) => Promise<Vector>;
  /** "html" escapes what is put in for its place, and knows `tmpl`. Default: "text". */
  readonly form?: "text" | "html";
  /** Default: "zero". */
  readonly missingKey?: MissingKey;
  readonly limits?: Limits;
}

/** How many queries one template may ask. */
const maxQueries = 20;

type Answer = { readonly vector: Vector } | { readonly problem: string };

/**
 * Expands a template. Templates are expanded at once, and queries take a while: one that is not answered yet ends the expansion, which
 * begins anew with the answer. Without a query the text is there at once. What was parsed before can be given. Throws, or rejects, with Prometheus' message:
 * `error parsing template …`, `error executing template …`.
 */
export function expandTemplate(
  expansion: Expansion,
  templates = parseForExpansion(expansion),
): string | Promise<string> {
  const answers = new Map<string, Answer>();
  const attempt = tryExpand(expansion, templates, answers);
  return "text" in attempt ? attempt.text : expandWithQueries(expansion, templates, { answers, asked: attempt.asked });
}

interface Asking {
  readonly answers: Map<string, Answer>;
  /** The query that is not answered yet. */
  readonly asked: string;
}

async function expandWithQueries(expansion: Expansion, templates: Templates, asking: Asking): Promise<string> {
  const { answers } = asking;
  let { asked } = asking;
  for (;;) {
    if (answers.size >= maxQueries) throw executing(expansion, `asks more than ${maxQueries} queries`);
    answers.set(asked, await answerOf(expansion, asked));
    const attempt = tryExpand(expansion, templates, answers);
    if ("text" in attempt) return attempt.text;
    asked = attempt.asked;
  }
}

async function answerOf({ query, atMs }: Expansion, expression: string): Promise<Answer> {
  try {
    return { vector: await query(expression, atMs) };
  } catch (thrown) {
    return { problem: AppError.from(thrown).message };
  }
}

const functionNames = ruleFunctions({ atMs: 0, externalUrl: "", answer: () => null });
const htmlNames: Functions = withTmpl(functionNames, () => "");

function withTmpl(functions: Functions, call: (name: string, data: Value, budget: Budget) => Value): Functions {
  const tmpl = func2(text, any, call);
  return {
    get: (name) => (name === "tmpl" ? tmpl : functions.get(name)),
    has: (name) => name === "tmpl" || functions.has(name),
  };
}

/** Reads a template. Throws invalid_argument with Go's message where it is wrong. */
export function parseTemplate({ text: source, name, form }: Pick<Expansion, "text" | "name" | "form">): Templates {
  return parseSource({ name, text: source }, form === "html" ? htmlNames : functionNames);
}

/** Like `parseTemplate`, with Prometheus' words before the message. */
export function parseForExpansion(expansion: Pick<Expansion, "text" | "name" | "form">): Templates {
  try {
    return parseTemplate(expansion);
  } catch (thrown) {
    throw invalid(`error parsing template ${expansion.name}: ${AppError.from(thrown).message}`, thrown);
  }
}

function executing({ name }: Expansion, message: string, cause?: unknown): AppError {
  return invalid(`error executing template ${name}: ${message}`, cause);
}

type Attempt = { readonly text: string } | { readonly asked: string };

/** Expands with the answers that there are: the text, or the first query without one. */
function tryExpand(expansion: Expansion, templates: Templates, answers: ReadonlyMap<string, Answer>): Attempt {
  let asked: string | undefined;
  const answer = (expression: string) => {
    const known = answers.get(expression);
    if (known === undefined) {
      asked = expression;
      throw new AppError("unavailable", "a query is not answered yet");
    }
    if ("problem" in known) throw invalid(known.problem);
    return queryResult(known.vector);
  };
  try {
    return { text: execute(expansion, templates, answer) };
  } catch (thrown) {
    if (asked !== undefined) return { asked };
    throw executing(expansion, AppError.from(thrown).message, thrown);
  }
}

/** How deep `tmpl` may call templates that call `tmpl`. */
const maxCalls = 20;

function execute(expansion: Expansion, templates: Templates, answer: (expression: string) => Value): string {
  const { name, dot, atMs, externalUrl, form, missingKey = "zero", limits = defaultLimits } = expansion;
  const functions = ruleFunctions({ atMs, externalUrl, answer });
  const common = { missingKey, maxCharacters: limits.maxCharacters };
  const budget = budgetOf(limits);
  if (form !== "html") return expandText({ ...common, functions, templates, name, data: dot, budget });
  let calls = 0;
  const inHtml = (called: string, data: Value, left: Budget): string => {
    if (calls >= maxCalls) throw invalid(`tmpl is called by itself more than ${maxCalls} times`);
    calls++;
    const escaped = escapeForHtml(templates, called);
    const made = expandHtml({ ...common, functions: all, templates: escaped, name: called, data, budget: left });
    calls--;
    return made;
  };
  const all = withTmpl(functions, (called, data, left) => safeContent("HTML", inHtml(called, data, left)));
  return inHtml(name, dot, budget);
}
