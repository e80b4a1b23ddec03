import { func0 } from "@sightline/gotemplate/func";
import { budgetOf, createExpand, type Limits, parseSource } from "@sightline/gotemplate/template";
import { timeOf } from "@sightline/gotemplate/time/layout";
import { type Func, stringDictType } from "@sightline/gotemplate/value";
import { labelsOf, onlyLabelOf } from "./labels.ts";
import { numberFunctions } from "./number-functions.ts";
import { patternFunctions } from "./replace.ts";
import { textFunctions } from "./text-functions.ts";
import { clockFunctions, timeFunctions } from "./time-functions.ts";

/** What a template may look at besides labels. */
export interface TemplateLine {
  readonly text: string;
  readonly timestampNs: bigint;
}

/** A template that was read. */
export interface Template {
  /** The names of labels that it looks at; null when it may be all of them. */
  readonly labels: ReadonlySet<string> | null;
  /** The label whose value is all that it makes, if it is that simple. */
  readonly onlyLabel: string | null;
  /**
   * Fills it in; a label that is missing is empty. Throws invalid_argument with Go's message where an action cannot be carried out,
   * resource_exhausted where it does more than is allowed for one line.
   */
  render(line: TemplateLine, labels: ReadonlyMap<string, string>): string;
}

/** What a template makes, which is the name that Go's messages about it begin with. */
export type TemplateName = "line" | "label";

/** What one line may cost: some 25 ms, and a megabyte. */
const limits: Limits = { maxUnits: 5_000_000, maxCharacters: 1_048_576 };

/** The functions of Loki's templates that no line or query is needed for. */
export const fixedFunctions: ReadonlyMap<string, Func> = new Map([
  ...textFunctions,
  ...patternFunctions,
  ...numberFunctions,
  ...timeFunctions,
]);

/**
 * Reads a template of `line_format` or `label_format`: Go's `text/template` with the functions that Loki documents. Throws invalid_argument
 * with Go's message: "template: line:1: function \"a\" not defined".
 */
export function compileTemplate(source: string, name: TemplateName, nowNs: bigint): Template {
  let current: TemplateLine = { text: "", timestampNs: 0n };
  const functions = new Map([
    ...fixedFunctions,
    ...clockFunctions(nowNs),
    ["__line__", func0(() => current.text)],
    ["__timestamp__", func0(() => timeOf(current.timestampNs))],
  ]);
  const templates = parseSource({ name, text: source }, functions);
  const nodes = templates.get(name)?.nodes ?? [];
  const { maxCharacters } = limits;
  const expand = createExpand({ templates, functions, missingKey: "zero", maxCharacters });
  return {
    labels: labelsOf(nodes),
    onlyLabel: onlyLabelOf(nodes),
    render(line, labels) {
      current = line;
      const data = { kind: "dict", type: stringDictType, entries: labels } as const;
      return expand({ name, data, budget: budgetOf(limits) });
    },
  };
}
