import { AppError, invalid } from "@sightline/errors/app-error";
import { formatRfc3339 } from "@sightline/model/rfc3339";
import { type Target, TargetHealth, TargetKind } from "@sightline/proto/sightline/collector/v1/target_service";
import { formatDuration } from "@sightline/query/promql/durations";
import { formatMatcher } from "@sightline/query/promql/format";
import { createMatch } from "@sightline/query/promql/matcher";
import { z } from "zod";
import type { QueryRequest } from "../http/query-api.ts";
import type { Parameters } from "../http/request-parameters.ts";
import { type ApiContext, answerOf, type Endpoint } from "./endpoint.ts";
import { limitOf, matchersOf } from "./parameters.ts";

const DAY_MS = 86_400_000;
const NEVER = "0001-01-01T00:00:00Z";

export const targetEndpoints: readonly Endpoint[] = [
  {
    path: "/targets",
    answer: async (request, context) => {
      const { parameters } = request;
      const pool = parameters.get("scrapePool");
      const targets = (await scrapedTargets(request, context)).filter(
        (target) => pool === "" || pool === poolOf(target),
      );
      const isActive = parameters.get("state").toLowerCase() !== "dropped";
      const isDropped = parameters.get("state").toLowerCase() !== "active";
      return answerOf({
        activeTargets: isActive ? targets.map(targetJson) : [],
        droppedTargets: [],
        droppedTargetCounts: isDropped ? Object.fromEntries(targets.map((target) => [poolOf(target), 0])) : null,
      });
    },
  },
  {
    path: "/targets/metadata",
    answer: async (request, context) => {
      const { parameters } = request;
      const limit = limitOf(parameters);
      const all: object[] = [];
      for (const target of (await scrapedTargets(request, context)).filter(targetTest(parameters))) {
        all.push(...(await metadataOf(target, request, context)));
        if (limit > 0 && all.length >= limit) break;
      }
      if (all.length === 0) throw new AppError("not_found", "specified metadata not found");
      return answerOf(limit > 0 ? all.slice(0, limit) : all);
    },
  },
  {
    path: "/targets/relabel_steps",
    answer: async (request, context) => {
      const pool = required(request.parameters, "scrapePool");
      assertLabels(required(request.parameters, "labels"));
      if (!(await scrapedTargets(request, context)).some((target) => poolOf(target) === pool)) {
        throw invalid(`error retrieving scrape config: scrape pool ${JSON.stringify(pool)} not found`);
      }
      // What a target is told to be it is: nothing relabels it on the way.
      return answerOf({ steps: [] });
    },
  },
  {
    path: "/scrape_pools",
    answer: async (request, context) => {
      const pools = new Set((await scrapedTargets(request, context)).map(poolOf));
      return answerOf({ scrapePools: [...pools].sort() });
    },
  },
];

function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name);
  if (value === "") throw invalid(`no ${name} parameter provided`);
  return value;
}

const labelsForm = z.record(z.string(), z.string());

/** Throws invalid_argument for what is no object of labels in JSON. */
function assertLabels(text: string): void {
  try {
    labelsForm.parse(JSON.parse(text));
  } catch {
    throw invalid('error parsing labels: want a JSON object of texts such as {"job":"api"}');
  }
}

/** The targets whose metrics the collector takes: those that it only looks after are none of Prometheus' kind. */
export async function scrapedTargets(
  { caller, signal }: QueryRequest,
  { collector }: ApiContext,
): Promise<readonly Target[]> {
  const { targets } = await collector.call("listTargets", {}, { tenant: caller.tenant, signal });
  return targets.filter(({ kind }) => kind === TargetKind.SCRAPE);
}

/** The labels that everything of a target has. */
function labelsOf({ name, address, labels }: Target): Record<string, string> {
  return { job: name, instance: new URL(address).host, ...labels };
}

/** Targets are configured one by one: what has a job in common is a pool. */
export function poolOf(target: Target): string {
  return labelsOf(target)["job"] ?? target.name;
}

function targetJson(target: Target) {
  const { intervalMs, timeoutMs, status } = target;
  // Without a name and a password: targets that have them in their address are refused.
  const url = new URL(target.address);
  const lastVisit = status?.lastVisitUnixNano ?? 0n;
  return {
    discoveredLabels: {
      __address__: url.host,
      __metrics_path__: url.pathname,
      __scheme__: url.protocol.slice(0, -1),
      __scrape_interval__: formatDuration(intervalMs),
      __scrape_timeout__: formatDuration(timeoutMs),
      job: target.name,
      ...target.labels,
    },
    labels: labelsOf(target),
    scrapePool: poolOf(target),
    scrapeUrl: url.href,
    globalUrl: url.href,
    lastError: status?.lastError ?? "",
    lastScrape: lastVisit === 0n ? NEVER : formatRfc3339(lastVisit),
    lastScrapeDuration: (status?.lastDurationMs ?? 0) / 1000,
    health: healthOf(status?.health),
    scrapeInterval: formatDuration(intervalMs),
    scrapeTimeout: formatDuration(timeoutMs),
  };
}

function healthOf(health: TargetHealth | undefined): string {
  if (health === TargetHealth.UP) return "up";
  return health === TargetHealth.DOWN ? "down" : "unknown";
}

/** Which targets `match_target` means. */
function targetTest(parameters: Parameters): (target: Target) => boolean {
  const text = parameters.get("match_target");
  if (text === "") return () => true;
  const tests = matchersOf(text, "match_target").map((matcher) => ({ ...matcher, matches: createMatch(matcher) }));
  return (target) => {
    const labels = labelsOf(target);
    return tests.every(({ name, matches }) => matches(labels[name] ?? ""));
  };
}

/** What is known of the metrics that came from a target within a day. */
async function metadataOf(target: Target, request: QueryRequest, { promql, clock }: ApiContext) {
  const call = { tenant: request.caller.tenant, signal: request.signal };
  const labels = labelsOf(target);
  const { job = "", instance = "" } = labels;
  const matchers = Object.entries({ job, instance }).map(([name, value]) =>
    formatMatcher({ name, operator: "=", value }),
  );
  const range = { startUnixMs: BigInt(clock() - DAY_MS), endUnixMs: BigInt(clock()) };
  const named = { name: "__name__", matches: [`{${matchers.join(",")}}`], ...range, limit: 0 };
  const { values } = await promql.call("listLabelValues", named, call);
  const wanted = request.parameters.get("metric");
  const ofTarget = new Set(values);
  const { metrics } = await promql.call("listMetricMetadata", { metric: wanted, limit: 0 }, call);
  return metrics
    .filter(({ metric }) => ofTarget.has(metric) || ofTarget.has(`${metric}_count`))
    .map(({ metric, type, help, unit }) => ({
      target: labels,
      ...(wanted === "" ? { metric } : {}),
      type,
      help,
      unit,
    }));
}
