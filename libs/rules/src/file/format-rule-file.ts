import { formatDuration } from "@sightline/query/promql/durations";
import { stringify } from "yaml";
import { formatSource } from "../kinds/kinds.ts";
import {
  type AlertingRule,
  type GapPolicy,
  prometheusPolicies,
  type RecordingRule,
  type Rule,
  type RuleFile,
  type RuleGroup,
} from "./rule-file.ts";

/** The file as YAML, which is read to the same again. */
export function formatRuleFile({ groups }: RuleFile): string {
  return stringify({ groups: groups.map(formatGroup) }, { lineWidth: 0 });
}

function formatGroup({ name, intervalMs, queryOffsetMs, limit, labels, rules }: RuleGroup): object {
  return {
    name,
    ...(intervalMs !== undefined && { interval: formatDuration(intervalMs) }),
    ...(queryOffsetMs !== undefined && { query_offset: formatDuration(queryOffsetMs) }),
    ...(limit !== 0 && { limit }),
    ...ifAny("labels", labels),
    rules: rules.map(formatRule),
  };
}

function formatRule(rule: Rule): object {
  return rule.kind === "recording" ? formatRecording(rule) : formatAlerting(rule);
}

function formatRecording({ name, expression, labels }: RecordingRule): object {
  const { language, text } = expression;
  const source = language === "promql" ? { expr: text } : { sightline: { [language]: text } };
  return { record: name, ...source, ...ifAny("labels", labels) };
}

function formatAlerting(rule: AlertingRule): object {
  const { name, source, forMs, keepFiringForMs, labels, annotations } = rule;
  return {
    alert: name,
    ...(source.kind === "query" && source.language === "promql" && { expr: source.text }),
    ...ifAny("sightline", ownFields(rule)),
    ...(forMs !== 0 && { for: formatDuration(forMs) }),
    ...(keepFiringForMs !== 0 && { keep_firing_for: formatDuration(keepFiringForMs) }),
    ...ifAny("labels", labels),
    ...ifAny("annotations", annotations),
  };
}

function ownFields({ source, nodata, evalError, lateMs, channels, recipients }: AlertingRule): object {
  return {
    ...formatSource(source),
    ...(!isSame(nodata, prometheusPolicies.nodata) && { nodata: formatPolicy(nodata) }),
    ...(!isSame(evalError, prometheusPolicies.evalError) && { eval_error: formatPolicy(evalError) }),
    ...(lateMs !== 0 && { late: formatDuration(lateMs) }),
    ...(channels.length > 0 && { channels }),
    ...(recipients.length > 0 && { recipients }),
  };
}

function isSame(a: GapPolicy, b: GapPolicy): boolean {
  return a.policy === b.policy && a.severity === b.severity && a.forMs === b.forMs;
}

function formatPolicy({ policy, severity, forMs }: GapPolicy): object {
  return { policy, severity, ...(forMs !== 0 && { for: formatDuration(forMs) }) };
}

function ifAny(key: string, fields: object): object {
  return Object.keys(fields).length > 0 ? { [key]: fields } : {};
}
