import type { LabelFilter, LabelMatcher, LogExpression, LogRange, Stage, Unwrap } from "./ast.ts";
import { parseLabelFilter, parseMatcher } from "./parse-label-filter.ts";
import { parseLineFilter, parseStage, peekLineFilter } from "./parse-stage.ts";
import { parseList, type Reader } from "./reader.ts";
import { CONVERSIONS } from "./token.ts";

/** Parses a stream selector and the pipeline behind it. */
export function parseLog(reader: Reader): LogExpression {
  const { position } = reader.peek();
  const matchers = parseSelector(reader);
  const stages: Stage[] = [];
  parsePipeline(reader, stages, "stages only");
  return { type: "log", matchers, stages, position };
}

function parseSelector(reader: Reader): LabelMatcher[] {
  reader.want("{");
  if (reader.take("}")) return [];
  const matchers = parseList(reader, () => parseMatcher(reader));
  if (!reader.isNext("}")) return reader.unexpected("}", ",");
  reader.next();
  return matchers;
}

/** Appends the stages that come next. Returns what is unwrapped behind them, where that is allowed. */
function parsePipeline(reader: Reader, stages: Stage[], allowed: "stages only" | "unwrap too"): Unwrap | null {
  for (;;) {
    const lineFilter = peekLineFilter(reader);
    if (lineFilter !== undefined) {
      stages.push(parseLineFilter(reader, lineFilter));
      continue;
    }
    if (!reader.isNext("|")) return null;
    const after = reader.peek(1);
    if (allowed === "unwrap too" && after.kind === "keyword" && after.text === "unwrap") return parseUnwrap(reader);
    reader.next();
    stages.push(parseStage(reader));
  }
}

function parseUnwrap(reader: Reader): Unwrap {
  reader.want("|");
  const { position } = reader.want("unwrap");
  const conversion = CONVERSIONS.find((candidate) => reader.isNext(candidate)) ?? null;
  if (conversion !== null) {
    reader.next();
    reader.want("(");
  } else if (reader.peek().kind !== "identifier") return reader.unexpected("IDENTIFIER", ...CONVERSIONS);
  const label = reader.wantIdentifier();
  if (conversion !== null) reader.want(")");
  const filters: LabelFilter[] = [];
  while (reader.take("|")) filters.push(parseLabelFilter(reader));
  return { label, conversion, filters, position };
}

/** The parts of a range, which may stand in several orders. */
interface RangeParts {
  readonly position: number;
  readonly matchers: readonly LabelMatcher[];
  readonly stages: Stage[];
  unwrap: Unwrap | null;
  intervalNs: number | null;
  offsetNs: number;
}

/**
 * Parses what a range function takes: `selector pipeline [5m] offset 1h`, or the same with the range right behind the selector,
 * with or without parentheses around the selector and its pipeline, or around everything.
 */
export function parseLogRange(reader: Reader): LogRange {
  const parts = parseRangeParts(reader);
  if (parts.intervalNs === null) return reader.unexpected("RANGE");
  const { position, matchers, stages, unwrap, intervalNs, offsetNs } = parts;
  const log: LogExpression = { type: "log", matchers, stages, position };
  return { log, intervalNs, offsetNs, unwrap, position };
}

function parseRangeParts(reader: Reader): RangeParts {
  const parts = reader.isNext("(") ? parseInParentheses(reader) : parseSelectorParts(reader);
  if (parts.intervalNs !== null || !takeRange(reader, parts)) return parts;
  const isPiped = parts.stages.length > 0 || parts.unwrap !== null;
  if (!isPiped) parts.unwrap = parsePipeline(reader, parts.stages, "unwrap too");
  return parts;
}

function parseInParentheses(reader: Reader): RangeParts {
  return reader.nested(() => {
    reader.want("(");
    const parts = parseRangeParts(reader);
    reader.want(")");
    return parts;
  });
}

function parseSelectorParts(reader: Reader): RangeParts {
  const { position } = reader.peek();
  if (!reader.isNext("{")) return reader.unexpected("{", "(");
  const stages: Stage[] = [];
  const matchers = parseSelector(reader);
  const unwrap = parsePipeline(reader, stages, "unwrap too");
  return { position, matchers, stages, unwrap, intervalNs: null, offsetNs: 0 };
}

function takeRange(reader: Reader, parts: RangeParts): boolean {
  const token = reader.peek();
  if (token.kind !== "range") return false;
  reader.next();
  parts.intervalNs = token.ns;
  if (!reader.take("offset")) return true;
  const offset = reader.peek();
  if (offset.kind !== "duration") return reader.unexpected("DURATION");
  reader.next();
  parts.offsetNs = offset.ns;
  return true;
}
