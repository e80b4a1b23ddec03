import { readFileSync } from "node:fs";
import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import type { Pool } from "@sightline/postgres/pool";
import { createSeal } from "@sightline/postgres/seal";
import {
  type Channel,
  Comparison,
  type EventCondition,
  type Rule as RuleMessage,
} from "@sightline/proto/sightline/alert/v1/alert_service";
import { Severity } from "@sightline/proto/sightline/event/v1/event";
import { QueryMetricsRequest } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { hasChannel, putChannel } from "../channels/channel-store.ts";
import { normaliseRule } from "./rule.ts";
import { insertRule, listRules } from "./rule-store.ts";

const tenantsLackingRulesSql = readFileSync(new URL("./sql/tenants-lacking-rules.sql", import.meta.url), "utf8");
const givenDefaultRulesSql = readFileSync(new URL("./sql/given-default-rules.sql", import.meta.url), "utf8");
const claimDefaultRulesSql = readFileSync(new URL("./sql/claim-default-rules.sql", import.meta.url), "utf8");

/** It has no secrets. */
const noSeal = createSeal({});
const consoleChannel: Channel = { name: "console", kind: { $case: "console", value: {} } };

interface About {
  readonly name: string;
  readonly description: string;
  readonly severity: Severity;
  readonly summary: string;
}

/**
 * What every tenant starts with: few rules that are right for any fleet. Each waits or counts before it fires, or is
 * about something that is bad at once, so that nobody learns to ignore them.
 */
export const DEFAULT_RULES: readonly RuleMessage[] = [
  eventRule(
    {
      name: "Target down",
      description: "A health check of a target fails. Ends with the first check that succeeds.",
      severity: Severity.CRITICAL,
      summary: "{{ $labels.target }} is down",
    },
    {
      expression: `event_type == '${EVENT_TYPES.healthCheck}' and details.get('status') in ['unhealthy', 'down']`,
      resolveExpression: `event_type == '${EVENT_TYPES.healthCheck}' and details.get('status') in ['healthy', 'degraded', 'up']`,
    },
  ),
  usageRule("High CPU usage", "system_cpu_usage_percent", 85),
  usageRule("High memory usage", "system_memory_usage_percent", 90),
  usageRule("Disk almost full", "system_disk_usage_percent", 90),
  eventRule(
    {
      name: "high_cpu_usage",
      description: "Senders reported CPU usage over 90 % three times within five minutes.",
      severity: Severity.WARNING,
      summary: "CPU usage of {{ $labels.target }} is consistently high",
    },
    {
      expression: `event_type == '${EVENT_TYPES.resourceThreshold}' and details.get('resource_type') == 'cpu' and details.get('usage_percent') > 90`,
      thresholdCount: 3,
    },
  ),
  eventRule(
    {
      name: "Anomaly",
      description:
        "The analyzer is quite sure of something unusual. Ends when it has seen nothing more for 10 minutes.",
      severity: Severity.WARNING,
      summary: "Anomaly on {{ $labels.target }}",
    },
    {
      expression: `event_type == '${EVENT_TYPES.anomaly}' and details.get('confidence') >= 0.9`,
      thresholdWindowSeconds: 600,
    },
  ),
  eventRule(
    {
      name: "Many failed logins",
      description: "Ten failed logins within five minutes from one address.",
      severity: Severity.ERROR,
      summary: "Many failed logins from {{ $labels.source_ip }}",
    },
    { expression: `event_type == '${EVENT_TYPES.authFailure}'`, thresholdCount: 10, groupBy: ["source_ip"] },
  ),
  eventRule(
    {
      name: "Records put aside",
      description:
        "Records could not be stored and lie among the dead letters. Ends when no more were put aside for an hour.",
      severity: Severity.ERROR,
      summary: "Records of {{ $labels.target }} could not be stored; see sightlinectl deadletters list",
    },
    { expression: `event_type == '${EVENT_TYPES.deadLetter}'`, thresholdWindowSeconds: 3600 },
  ),
  eventRule(
    {
      name: "Dead letters dropped",
      description: "Dead letters went to make room for newer ones. Ends when no more went for an hour.",
      severity: Severity.WARNING,
      summary: "There is no room for all dead letters: the oldest are gone",
    },
    { expression: `event_type == '${EVENT_TYPES.deadLettersDropped}'`, thresholdWindowSeconds: 3600 },
  ),
  eventRule(
    {
      name: "Fallen behind",
      description:
        "Records have waited for a minute to be stored, or a service has not read much of the bus. Ends when that was not so for three minutes.",
      severity: Severity.WARNING,
      summary: "{{ $labels.target }} does not keep up with what comes in",
    },
    // Told again each minute for as long as it is so.
    { expression: `event_type == '${EVENT_TYPES.fallenBehind}'`, thresholdWindowSeconds: 180 },
  ),
];

function usageRule(name: string, metric: string, threshold: number): RuleMessage {
  const about = {
    name,
    description: `${metric} stays over ${threshold} % for five minutes.`,
    severity: Severity.WARNING,
    summary: `${name}: {{ $value }} %`,
  };
  const query = QueryMetricsRequest.fromPartial({ metric });
  return rule(about, {
    $case: "metric",
    value: { query, comparison: Comparison.GREATER, threshold, forSeconds: 300 },
  });
}

function eventRule(about: About, condition: Partial<EventCondition>): RuleMessage {
  const value = { expression: "", thresholdCount: 0, thresholdWindowSeconds: 0, groupBy: [], resolveExpression: "" };
  return rule(about, { $case: "event", value: { ...value, ...condition } });
}

function rule({ name, description, severity, summary }: About, condition: RuleMessage["condition"]): RuleMessage {
  return normaliseRule({
    ruleId: "",
    name,
    description,
    severity,
    condition,
    labels: {},
    annotations: { summary },
    channels: [consoleChannel.name],
    enabled: true,
    lastEvaluatedUnixNano: 0n,
    lastError: "",
  });
}

const nameRow = z.object({ name: z.string() });
const givenRow = z.object({ given: z.array(z.string()) });

export interface SeedOptions {
  readonly nowMs: number;
  readonly newId: () => string;
  /** Default: all that are shipped. */
  readonly rules?: readonly RuleMessage[];
}

/**
 * Gives the default rules, and with the first of them the console channel they notify, to every tenant that has not been given them: each
 * once, so that what a tenant changes or deletes stays so, and one that ships later comes to all. A rule or channel of the same name is left
 * alone; where the channel was deleted, rules that ship later notify none.
 *
 * @returns the tenants that were given some
 */
export async function seedDefaultRules(sql: Pool, options: SeedOptions): Promise<string[]> {
  const { nowMs, newId, rules = DEFAULT_RULES } = options;
  const shipped = rules.map(({ name }) => name);
  const tenants = await sql.query(tenantsLackingRulesSql, [shipped], nameRow);
  for (const { name: tenant } of tenants) {
    await sql.transaction(async (tx) => {
      const [before] = await tx.query(givenDefaultRulesSql, [tenant], givenRow);
      if ((await tx.execute(claimDefaultRulesSql, [tenant, new Date(nowMs), shipped])) === 0) return;
      const hasConsole = await hasChannel(tx, tenant, consoleChannel.name);
      const isFirst = before === undefined;
      if (isFirst && !hasConsole) await putChannel({ sql: tx, seal: noSeal }, tenant, consoleChannel, nowMs);
      const channels = isFirst || hasConsole ? [consoleChannel.name] : [];
      const known = new Set([...(before?.given ?? []), ...(await listRules(tx, tenant)).map(({ name }) => name)]);
      for (const seed of rules) {
        if (!known.has(seed.name)) await insertRule(tx, { ...seed, channels, ruleId: newId() }, { tenant, nowMs });
      }
    });
  }
  return tenants.map(({ name }) => name);
}
