import type { ClickHouse } from "@sightline/clickhouse/client";
import { invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Sql } from "@sightline/postgres/pool";
import {
  type KeptRecords,
  type RetentionChange,
  RetentionServiceService,
  RetentionState,
} from "@sightline/proto/sightline/retention/v1/retention_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import type { ReadContext, Reader } from "../query/reader.ts";
import { readTenantUsage, type Usage, usageBetween } from "../query/tenant-usage.ts";
import {
  isKind,
  KEPT_TABLES,
  type KeptDays,
  KINDS,
  type Kind,
  keptDaysOf,
  TABLES_BESIDE_KIND,
  TABLES_OF_KIND,
} from "./kinds.ts";
import { type AppliedRule, keepsAsWanted, readAppliedRules } from "./read-rules.ts";
import { changeSettings, listFailures, listSettings, type SettingChange } from "./store.ts";

export interface RetentionServiceOptions {
  readonly sql: Sql;
  readonly clickhouse: Pick<ClickHouse, "query">;
  readonly reader: Reader;
  readonly defaults: KeptDays;
  readonly clock: Clock;
  /** What callers must show: the other services know it. */
  readonly internalToken: string;
}

const MAX_DAYS = 3650;

/** Adds the service by which people say how long what is kept, and see what is. */
export function addRetentionService(server: GrpcServer, options: RetentionServiceOptions): void {
  const handler = internalUnary(options.internalToken);
  server.addService(RetentionServiceService, {
    getRetention: handler(async (_: object, context) => ({ kinds: await keptRecords(options, context) })),
    setRetention: handler(async ({ changes }, context) => {
      await changeSettings(options.sql, context.tenant, changes.map(changeOf));
      return { kinds: await keptRecords(options, context) };
    }),
  });
}

function changeOf({ kind, days }: RetentionChange): SettingChange {
  if (!isKind(kind)) {
    throw invalid(`cannot set the retention of ${JSON.stringify(kind.slice(0, 60))}: want one of ${KINDS.join(", ")}`);
  }
  if (days > MAX_DAYS) throw invalid(`cannot keep ${kind} for ${days} days: want at most ${MAX_DAYS}`);
  return { kind, days };
}

/** What is asked for, what the database says, and what is there. */
async function keptRecords(options: RetentionServiceOptions, context: ReadContext): Promise<KeptRecords[]> {
  const { sql, clickhouse, reader, defaults, clock } = options;
  const { tenant } = context;
  const tables = [...new Set(Object.values(TABLES_OF_KIND).flat())];
  const [tenants, failures, rules, usage] = await Promise.all([
    listSettings(sql),
    listFailures(sql),
    readAppliedRules(clickhouse, [tenant]),
    readTenantUsage(reader, tables, context),
  ]);
  const kept = keptDaysOf({ defaults, tenants }, tenant);
  return KINDS.map((kind) => {
    const found = statusOf({ kind, tenant, kept, rules, failures });
    return { kind, days: kept[kind], defaultDays: defaults[kind], ...found, ...usageOf(kind, { usage, kept, clock }) };
  });
}

interface StatusQuestion {
  readonly kind: Kind;
  readonly tenant: string;
  readonly kept: KeptDays;
  readonly rules: ReadonlyMap<string, AppliedRule>;
  readonly failures: ReadonlyMap<string, string>;
}

function statusOf({ kind, tenant, kept, rules, failures }: StatusQuestion) {
  const applied: number[] = [];
  const reasons: string[] = [];
  let pending = false;
  const shown = TABLES_OF_KIND[kind];
  const concerned = [...shown, ...TABLES_BESIDE_KIND[kind]];
  for (const table of KEPT_TABLES.filter(({ name }) => concerned.includes(name))) {
    const found = rules.get(table.name);
    const days = found?.days.get(tenant);
    if (days !== undefined && shown.includes(table.name))
      applied.push(kind === "sampled_traces" ? days.sampledDays : days.days);
    const asWanted = found !== undefined && keepsAsWanted(table, found, { tenant, kept });
    if (!asWanted || found.unfinished) pending = true;
    const reason = found?.failure || (asWanted ? "" : failures.get(table.name));
    if (reason) reasons.push(reason);
  }
  const notYet = reasons.length > 0 ? RetentionState.FAILED : RetentionState.PENDING;
  return {
    appliedDays: applied.length === 0 ? 0 : Math.min(...applied),
    state: pending ? notYet : RetentionState.APPLIED,
    reason: pending ? reasons.join("; ") : "",
  };
}

interface UsageQuestion {
  readonly usage: ReadonlyMap<string, Usage>;
  readonly kept: KeptDays;
  readonly clock: Clock;
}

/** Spans that are there longer than all spans are kept belong to sampled traces. */
function usageOf(kind: Kind, { usage, kept, clock }: UsageQuestion) {
  const days = Math.floor(clock() / 86_400_000);
  const full = days - kept.traces;
  const range = kind === "traces" ? { from: full } : kind === "sampled_traces" ? { to: full } : {};
  const parts = TABLES_OF_KIND[kind].map((table) => usageBetween(usage.get(table), range));
  const times = parts.map(({ oldestUnixNano }) => oldestUnixNano).filter((time) => time > 0n);
  const [oldestUnixNano = 0n] = times.toSorted((a, b) => Number(a - b));
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0n),
    bytesOnDisk: parts.reduce((sum, { bytesOnDisk }) => sum + bytesOnDisk, 0n),
    oldestUnixNano,
  };
}
