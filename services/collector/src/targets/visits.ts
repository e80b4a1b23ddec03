import { createEventBuilder, type EventBuilder } from "@sightline/events/builder";
import { nanosOfMs } from "@sightline/model/time";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { Logger } from "@sightline/service/logger";
import { every } from "@sightline/service/loop";
import type { OutboundPolicy } from "@sightline/service/outbound";
import { healthEvent } from "../checks/health-event.ts";
import { checkHttp } from "../checks/http-check.ts";
import { checkTcp } from "../checks/tcp-check.ts";
import type { MetricsBatch, Point } from "../otlp/metrics-request.ts";
import { type ScrapeLimits, scrape } from "../scrape/scrape.ts";
import type { Target, TargetKind } from "./target.ts";
import type { KnownTarget } from "./target-catalog.ts";
import { type TargetStatus, transition, type VisitResult } from "./target-status.ts";

export interface VisitObserver {
  visited(kind: TargetKind, up: boolean): void;
  badLines(count: number): void;
}

/** Where what was found goes. */
export interface Findings {
  metrics(batch: MetricsBatch): Promise<void>;
  event(event: SystemEvent): Promise<void>;
}

export interface VisitsOptions {
  readonly findings: Findings;
  readonly observer: VisitObserver;
  readonly log: Logger;
  readonly clock: () => number;
  readonly hostName: string;
  /** Whether targets that people set may be on private addresses; configured ones always may. */
  readonly allowPrivateTargets: boolean;
  readonly limits: ScrapeLimits;
}

export interface Visits {
  /** Goes to these from now on, and no longer to others. */
  set(known: readonly KnownTarget[]): void;
  statusOf(name: string): TargetStatus | undefined;
  /** Ends all visits, those under way included. */
  close(): Promise<void>;
}

interface Visited {
  readonly known: KnownTarget;
  status: TargetStatus | undefined;
  readonly stop: () => Promise<void>;
}

/** The first visits are spread over this time, so that a hundred targets are not all asked in the same instant. */
const SPREAD_MS = 2000;

/** Goes to every target at its interval, keeps what it found in memory and passes it on. */
export function createVisits(options: VisitsOptions): Visits {
  const { log, clock } = options;
  const build = createEventBuilder({ clock });
  const visited = new Map<string, Visited>();

  function begin(known: KnownTarget): Visited {
    const { target } = known;
    const ended = new AbortController();
    const running: { stop: () => Promise<void> } = { stop: async () => undefined };
    const entry: Visited = {
      known,
      status: undefined,
      stop: () => {
        clearTimeout(timer);
        ended.abort();
        return running.stop();
      },
    };
    const timer = setTimeout(() => {
      const job = (signal: AbortSignal) => visit(entry, { ...options, build, signal });
      running.stop = every(target.intervalMs, job, { name: `visit ${target.name}`, log, signal: ended.signal });
    }, offsetOf(target)).unref();
    return entry;
  }

  return {
    set(known) {
      const wanted = new Map(known.map((each) => [each.target.name, each]));
      for (const [name, entry] of visited) {
        const now = wanted.get(name);
        if (now !== undefined && sameTarget(now, entry.known)) continue;
        visited.delete(name);
        // Its end is not worth waiting for: a visit under way is aborted and tells nobody.
        void entry.stop();
      }
      for (const [name, each] of wanted) if (!visited.has(name)) visited.set(name, begin(each));
      log.debug({ targets: visited.size }, "targets set");
    },
    statusOf: (name) => visited.get(name)?.status,
    async close() {
      const ending = [...visited.values()].map(({ stop }) => stop());
      visited.clear();
      await Promise.all(ending);
    },
  };
}

function sameTarget(a: KnownTarget, b: KnownTarget): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The same for the same name, so that visits keep their distance over restarts. */
function offsetOf({ name, intervalMs }: Target): number {
  let hash = 0;
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 65_521;
  return hash % Math.min(SPREAD_MS, intervalMs);
}

interface VisitContext extends VisitsOptions {
  readonly build: EventBuilder;
  readonly signal: AbortSignal;
}

async function visit(entry: Visited, context: VisitContext): Promise<void> {
  const { target } = entry.known;
  const { findings, observer, clock } = context;
  const result = await go(entry.known, context);
  const found = transition(entry.status, result, clock());
  entry.status = found.status;
  observer.visited(target.kind, result.up);
  await findings.metrics(targetMetrics(target, result, context));
  const event = healthEvent(context.build, target, { transition: found, result });
  if (event !== undefined) await findings.event(event);
}

/** Does what the target's kind asks for. */
async function go({ target, configured }: KnownTarget, context: VisitContext): Promise<VisitResult> {
  const { log, observer, findings, signal } = context;
  const policy: OutboundPolicy = { allowPrivate: configured || context.allowPrivateTargets };
  const outbound = { policy, timeoutMs: target.timeoutMs, signal };
  switch (target.kind) {
    case "http":
      return checkHttp(target.address, outbound);
    case "tcp":
      return checkTcp(target.address, outbound);
    case "scrape": {
      const { clock, limits } = context;
      const { result, batch, errors, errorCount } = await scrape(target, { ...outbound, clock, limits });
      if (errorCount > 0) {
        observer.badLines(errorCount);
        log.debug({ target: target.name, errorCount, first: errors[0] }, "a scrape had bad lines");
      }
      await findings.metrics(batch);
      return result;
    }
  }
}

/** Whether and how fast the target answers, as series. */
function targetMetrics(target: Target, result: VisitResult, { clock, hostName }: VisitContext): MetricsBatch {
  const labels = Object.entries({ ...target.labels, target: target.name, kind: target.kind });
  const timeUnixNano = nanosOfMs(clock());
  const gauge = (name: string, value: number, unit: string, help: string): Point => ({
    name,
    value,
    unit,
    help,
    kind: "gauge",
    labels,
    timeUnixNano,
  });
  return {
    resource: { "service.name": "sightline-collector", "host.name": hostName },
    points: [
      gauge("sightline_target_up", result.up ? 1 : 0, "1", "Whether the target's last visit found it up"),
      gauge("sightline_target_visit_duration_seconds", result.durationMs / 1000, "s", "How long the last visit took"),
    ],
  };
}
