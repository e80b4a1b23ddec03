import { type Budget, createBudget } from "./budget.ts";
import { type Execution, executeTemplate } from "./execute/execute.ts";
import type { MissingKey } from "./execute/state.ts";
import { builtins, type Functions } from "./functions/builtins.ts";
import { escapeTemplates } from "./html/escape.ts";
import { escapeFunctions } from "./html/escape-functions.ts";
import type { Source, Templates } from "./parse/node.ts";
import { parseTemplates } from "./parse/parser.ts";
import type { Value } from "./value.ts";

/** How much one expansion may do, so that no template can hang a process or fill its memory. */
export interface Limits {
  /** Steps, and characters that are read and written, in units of some 5 ns (see `budget.ts`). */
  readonly maxUnits: number;
  /** The longest output, and the longest text that a function may make, in UTF-16 units. */
  readonly maxCharacters: number;
}

/** What is enough for every template that people write: a tenth of a second, and a megabyte. */
export const defaultLimits: Limits = { maxUnits: 20_000_000, maxCharacters: 1_048_576 };

/** What escaping templates may take. The largest that is shipped, that of e-mails, takes a hundredth of it. */
const maxEscapeUnits = 20_000_000;

/** What templates are expanded with, whatever their data are. */
export interface Setting {
  readonly templates: Templates;
  /** What templates can call besides Go's own functions, before which they come. */
  readonly functions: Functions;
  readonly missingKey: MissingKey;
  readonly maxCharacters: number;
}

/** What is expanded, and with what. */
export interface Expansion extends Setting {
  /** The name of the template that is the whole. */
  readonly name: string;
  readonly data: Value;
  readonly budget: Budget;
}

/**
 * Reads a source of templates, beside those that are there already. Throws invalid_argument with Go's message, such as
 * `template: x:1: function "y" not defined`.
 */
export function parseSource(source: Source, functions: Functions, templates: Templates = new Map()): Templates {
  return parseTemplates({ source, templates, hasFunction: (name) => functions.has(name) || builtins.has(name) });
}

/** Expands one of the templates that it was made for, as text/template does. Throws as `expandText` does. */
export type Expand = (execution: Execution) => string;

/** Makes ready what is to be expanded many times, with other data each time. */
export function createExpand({ templates, functions, missingKey, maxCharacters }: Setting): Expand {
  const functionOf = (name: string) => functions.get(name) ?? builtins.get(name);
  const environment = { templates, functionOf, missingKey, maxCharacters };
  return (execution) => executeTemplate(environment, execution);
}

/**
 * Expands a template as text/template does. Throws invalid_argument with Go's message where it cannot go on, and resource_exhausted where it
 * does more than its budget allows.
 */
export function expandText(expansion: Expansion): string {
  return createExpand(expansion)(expansion);
}

/**
 * Makes templates ready to be expanded as html/template does, from the one of that name on. Throws invalid_argument with html/template's
 * message where it cannot be told what a value has to be escaped for.
 */
export function escapeForHtml(templates: Templates, name: string): Templates {
  return escapeTemplates(templates, name, createBudget(maxEscapeUnits));
}

/** Expands a template of those that `escapeForHtml` made. Throws as `expandText` does. */
export function expandHtml({ templates, functions, missingKey, maxCharacters, ...execution }: Expansion): string {
  const functionOf = (name: string) => functions.get(name) ?? escapeFunctions.get(name) ?? builtins.get(name);
  return executeTemplate({ templates, functionOf, missingKey, maxCharacters }, execution);
}

/** What an expansion may spend. */
export function budgetOf({ maxUnits }: Limits): Budget {
  return createBudget(maxUnits);
}
