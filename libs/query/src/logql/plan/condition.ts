import type {
  LabelFilter,
  LabelMatcher,
  LineFilterOperand,
  LineFilterOperator,
  LineFilterStage,
  Stage,
} from "../ast.ts";
import { parseCapturePattern } from "../stages/capture-pattern.ts";
import { DUPLICATE_SUFFIX, ERROR_DETAILS_LABEL, ERROR_LABEL, PRESERVE_ERROR_LABEL } from "../stages/line.ts";
import { changesLine } from "../stages/pipeline.ts";
import { certainTexts } from "../stages/regex-texts.ts";
import { ESCAPED_KEY, type FieldFormat, numberFieldPattern, textFieldPattern } from "./field-pattern.ts";
import { certainWords } from "./words.ts";

/**
 * What can be asked of the database about a stored line. Words are such as every line has for which the condition holds: an index of whole
 * words, in lower case, may be asked for them first.
 */
export type Condition =
  | { readonly kind: "contains"; readonly text: string; readonly isNegated: boolean; readonly words: readonly string[] }
  /** A pattern with RE2's syntax, matching somewhere in the line. */
  | {
      readonly kind: "matches";
      readonly pattern: string;
      readonly isNegated: boolean;
      readonly words: readonly string[];
    }
  /** A label of the stream, or where that has none of the name of the structured metadata; missing ones are empty. */
  | { readonly kind: "label"; readonly matcher: LabelMatcher }
  /** The stream or the structured metadata have the label. */
  | { readonly kind: "has_label"; readonly name: string }
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[] };

/** Conditions that hold for every line that a pipeline lets pass, and whether every line for which they hold passes. */
export interface PushedDown {
  readonly conditions: readonly Condition[];
  readonly isExact: boolean;
}

/** What of a pipeline the database can decide. */
export function pushDown(stages: readonly Stage[]): PushedDown {
  const conditions: Condition[] = [];
  let isExact = true;
  let isSameLine = true;
  let labels: LabelsSeen = "stored";
  for (const stage of stages) {
    const pushed = pushStage(stage, { isSameLine, labels });
    if (pushed !== undefined) conditions.push(...pushed.conditions);
    const drops = stage.type === "line_filter" || stage.type === "label_filter";
    if (drops && pushed?.isExact !== true) isExact = false;
    const format = formatOf(stage);
    if (format !== null && isSameLine && labels === "stored") labels = format;
    else if (!drops && stage.type !== "line_format" && stage.type !== "decolorize") labels = "others";
    if (changesLine(stage)) isSameLine = false;
  }
  return { conditions, isExact };
}

/** Which labels a stage sees: those that are stored, beside them the fields of the line as it is stored, or any. */
type LabelsSeen = "stored" | FieldFormat | "others";

/** What the lines are written in of which a parser makes all fields labels that have a value. */
function formatOf(stage: Stage): FieldFormat | null {
  const isWhole = (stage.type === "json" || stage.type === "logfmt") && stage.fields.length === 0;
  return isWhole && !(stage.type === "logfmt" && stage.keepEmpty) ? stage.type : null;
}

function pushStage(
  stage: Stage,
  { isSameLine, labels }: { isSameLine: boolean; labels: LabelsSeen },
): PushedDown | undefined {
  if (stage.type === "line_filter" && isSameLine) return pushLineFilter(stage);
  if (stage.type !== "label_filter" || labels === "others") return undefined;
  return pushLabelFilter(stage.filter, labels === "stored" ? pushStoredLabel : pushParsedLabel(labels));
}

/** Of a filter with several operands any is enough; of a negative one none may be there. */
function pushLineFilter({ operator, operands }: LineFilterStage): PushedDown {
  const each = operands.map((operand) => pushOperand(operator, operand));
  const isExact = each.every((pushed) => pushed.isExact);
  if (operator.startsWith("!")) return { conditions: each.flatMap((pushed) => pushed.conditions), isExact };
  const [only] = each;
  if (only !== undefined && each.length === 1) return only;
  if (each.some((pushed) => pushed.conditions.length === 0)) return { conditions: [], isExact };
  const of = each.map((pushed) => allOf(pushed.conditions));
  return { conditions: [{ kind: "any", of }], isExact };
}

function allOf(conditions: readonly Condition[]): Condition {
  const [only] = conditions;
  return only !== undefined && conditions.length === 1 ? only : { kind: "all", of: conditions };
}

function pushOperand(operator: LineFilterOperator, { kind, value }: LineFilterOperand): PushedDown {
  const nothing = { conditions: [], isExact: false };
  if (kind === "ip") return nothing;
  switch (operator) {
    case "|=":
      if (value === "") return { conditions: [], isExact: true };
      return { conditions: [contains(value)], isExact: true };
    case "!=":
      return { conditions: [{ kind: "contains", text: value, isNegated: true, words: [] }], isExact: true };
    case "|~": {
      const words = certainTexts(value).flatMap((text) => certainWords(text));
      return { conditions: [{ kind: "matches", pattern: value, isNegated: false, words }], isExact: true };
    }
    case "!~":
      return { conditions: [{ kind: "matches", pattern: value, isNegated: true, words: [] }], isExact: true };
    case "|>": {
      const parts = parseCapturePattern(value);
      const texts = parts.flatMap((part) => ("text" in part ? [contains(part.text)] : []));
      return { conditions: texts, isExact: false };
    }
    default:
      return nothing;
  }
}

function contains(text: string): Condition {
  return { kind: "contains", text, isNegated: false, words: certainWords(text) };
}

const ownLabels: ReadonlySet<string> = new Set([ERROR_LABEL, ERROR_DETAILS_LABEL, PRESERVE_ERROR_LABEL]);

/** Whether the label is stored under its name: not one that tells of errors, nor one that has another's name and a suffix. */
export function isStoredLabel(name: string): boolean {
  return !ownLabels.has(name) && !name.endsWith(DUPLICATE_SUFFIX);
}

type Compared = Extract<LabelFilter, { readonly type: "match" | "compare" }>;

/** What the database can decide of a filter, one comparison being pushed as `pushOne` does. */
function pushLabelFilter(filter: LabelFilter, pushOne: (filter: Compared) => PushedDown): PushedDown {
  switch (filter.type) {
    case "match":
    case "compare":
      return isStoredLabel(comparedLabel(filter)) ? pushOne(filter) : { conditions: [], isExact: false };
    case "ip":
      return { conditions: [], isExact: false };
    case "and": {
      const left = pushLabelFilter(filter.left, pushOne);
      const right = pushLabelFilter(filter.right, pushOne);
      return { conditions: [...left.conditions, ...right.conditions], isExact: left.isExact && right.isExact };
    }
    case "or": {
      const left = pushLabelFilter(filter.left, pushOne);
      const right = pushLabelFilter(filter.right, pushOne);
      const isExact = left.isExact && right.isExact;
      if (left.conditions.length === 0 || right.conditions.length === 0) return { conditions: [], isExact };
      return { conditions: [{ kind: "any", of: [allOf(left.conditions), allOf(right.conditions)] }], isExact };
    }
  }
}

function comparedLabel(filter: Compared): string {
  return filter.type === "match" ? filter.matcher.name : filter.name;
}

/** Texts are compared by the database; of numbers it only knows whether the label is there, since what is no number is an error. */
function pushStoredLabel(filter: Compared): PushedDown {
  if (filter.type === "match") return { conditions: [{ kind: "label", matcher: filter.matcher }], isExact: true };
  return { conditions: [{ kind: "has_label", name: filter.name }], isExact: false };
}

/** A label that is stored, or a field of the line that looks as if it passed: who drops most lines here need not read them. */
function pushParsedLabel(format: FieldFormat): (filter: Compared) => PushedDown {
  return (filter) => {
    const pattern =
      filter.type === "match"
        ? textFieldPattern(format, filter.matcher)
        : numberFieldPattern(format, filter.name, filter);
    if (pattern === undefined) return { conditions: [], isExact: false };
    const escaped = format === "json" ? [matching(ESCAPED_KEY)] : [];
    const of = [matching(pattern), ...escaped, ...pushStoredLabel(filter).conditions];
    return { conditions: [{ kind: "any", of }], isExact: false };
  };
}

function matching(pattern: string): Condition {
  return { kind: "matches", pattern, isNegated: false, words: [] };
}
