import { format } from "@sightline/query/promql/format";
import { parse } from "@sightline/query/promql/parser";
import type { Rule } from "@sightline/rules/file/rule-file";
import { formatSource } from "@sightline/rules/kinds/kinds";
import type { Source } from "@sightline/rules/kinds/source";
import { stringify } from "yaml";

/** What a rule looks for. */
export interface RuleQuery {
  /** A language, or the field below `sightline` that says it. */
  readonly kind: string;
  /** As one line: PromQL as Prometheus writes it, another language as it was written, else what stands below `sightline`. */
  readonly text: string;
}

const known = new WeakMap<Rule, RuleQuery>();

/** What a rule of a file without problems looks for. */
export function queryOf(rule: Rule): RuleQuery {
  const before = known.get(rule);
  if (before !== undefined) return before;
  const query = describe(rule.kind === "recording" ? { kind: "query", ...rule.expression } : rule.source);
  known.set(rule, query);
  return query;
}

function describe(source: Source): RuleQuery {
  if (source.kind === "query") {
    const { language, text } = source;
    return { kind: language, text: language === "promql" ? format(parse(text)) : text };
  }
  const fields = formatSource(source);
  const [kind = source.kind] = Object.keys(fields);
  return { kind, text: stringify(fields, { collectionStyle: "flow", lineWidth: 0 }).trim() };
}
