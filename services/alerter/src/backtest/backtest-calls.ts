import { setImmediate, setTimeout } from "node:timers/promises";
import { type BacktestAnswer, type BacktestBounds, backtest } from "@sightline/backtest/backtest";
import type { RangeSource } from "@sightline/backtest/range-queries";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { BacktestRequest, BacktestResponse } from "@sightline/proto/sightline/alert/v1/backtest_service";
import type { ConfigurationStore } from "../dispatch/configuration-store.ts";
import { answerToMessage } from "./backtest-message.ts";
import { readSetups } from "./read-setups.ts";
import { readSurroundings } from "./read-surroundings.ts";

/** What would be different with other rules and routes. */
export interface BacktestCalls {
  /** Everything is of the given tenant; nothing is sent and nothing changes. Ends when the signal aborts, or nobody reads on. */
  backtest(tenant: string, request: BacktestRequest, signal: AbortSignal): AsyncIterable<BacktestResponse>;
}

export interface BacktestCallsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly configurations: Pick<ConfigurationStore, "find">;
  /** What is stored of a tenant. */
  sourceOf(tenant: string): RangeSource;
  readonly bounds: BacktestBounds;
  /** Of groups that say none. */
  readonly defaultIntervalMs: number;
  readonly defaultQueryOffsetMs: number;
  readonly maxSeries: number;
  /** How often it is said how far it is. */
  readonly progressMs: number;
}

const DAY_MS = 24 * 3_600_000;
const DEFAULT_MS = 14 * DAY_MS;
const MAX_MS = 31 * DAY_MS;
const MIN_MS = 60_000;

export function createBacktestCalls(options: BacktestCallsOptions): BacktestCalls {
  const running = new Set<string>();
  return {
    async *backtest(tenant, request, signal) {
      if (running.has(tenant)) {
        throw new AppError(
          "resource_exhausted",
          "cannot backtest: got another one while one of the tenant runs, want one at a time",
        );
      }
      running.add(tenant);
      try {
        yield* run(tenant, request, { ...options, signal });
      } finally {
        running.delete(tenant);
      }
    },
  };
}

interface RunOptions extends BacktestCallsOptions {
  readonly signal: AbortSignal;
}

async function* run(tenant: string, request: BacktestRequest, options: RunOptions): AsyncIterable<BacktestResponse> {
  const { clock, progressMs } = options;
  const endMs = clock();
  const startMs = endMs - sinceOf(request);
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  let atMs = startMs;
  const onTime = (nowMs: number) => {
    atMs = nowMs;
  };
  const work = replay(tenant, request, { ...options, startMs, endMs, signal, onTime });
  const done = work.then(
    () => true,
    () => true,
  );
  try {
    while (!(await Promise.race([done, later(progressMs, ended.signal)]))) {
      const progress = { startUnixMs: BigInt(startMs), atUnixMs: BigInt(atMs), endUnixMs: BigInt(endMs) };
      yield { part: { $case: "progress", value: progress } };
    }
    yield { part: { $case: "answer", value: answerToMessage(await work) } };
  } finally {
    ended.abort();
    // Another one may begin only when this one does nothing more.
    await done;
  }
}

/** False after a while. */
function later(ms: number, signal: AbortSignal): Promise<boolean> {
  return setTimeout(ms, false, { signal }).catch(() => false);
}

function sinceOf({ sinceMs }: BacktestRequest): number {
  if (sinceMs === 0n) return DEFAULT_MS;
  if (sinceMs >= MIN_MS && sinceMs <= MAX_MS) return Number(sinceMs);
  throw invalid(`cannot backtest: since: got ${sinceMs} ms, want ${MIN_MS} to ${MAX_MS} ms: a minute to 31 days`);
}

interface ReplayOptions extends RunOptions {
  readonly startMs: number;
  readonly endMs: number;
  onTime(atMs: number): void;
}

async function replay(tenant: string, request: BacktestRequest, options: ReplayOptions): Promise<BacktestAnswer> {
  const { sql, clock, startMs, endMs, bounds, signal, onTime } = options;
  const surroundings = await readSurroundings(sql, tenant, { startMs, endMs });
  const policies = new Set(surroundings.people.policies.keys());
  const changes = await readSetups(tenant, request, { ...options, policies });
  signal.throwIfAborted();
  const source = options.sourceOf(tenant);
  const pause = async (atMs: number) => {
    onTime(atMs);
    // Everything else that happens here goes on between two pieces of it.
    await setImmediate();
  };
  return backtest({ changes, surroundings, source, startMs, endMs, bounds, signal, clock, pause });
}
