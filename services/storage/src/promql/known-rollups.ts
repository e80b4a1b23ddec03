import type { Clock } from "@sightline/model/time";
import type { Reader } from "../query/reader.ts";
import type { KeptDays } from "../retention/kinds.ts";
import { distributionsProgress, numbersProgress, progressOf, type RollupProgress } from "../rollup/progress.ts";
import { DAY } from "../rollup/spans.ts";

/** How far rolling up is, of either kind. */
export interface KnownProgress {
  readonly numbers: RollupProgress;
  readonly distributions: RollupProgress;
}

/** What queries know of the rollups before they read any. */
export interface KnownRollups {
  /** From when on a tenant's samples and rollups are all there, milliseconds since 1970. */
  keptFrom(tenant: string): { readonly samplesFromMs: number; readonly rollupsFromMs: number };
  /** Some seconds old: what has been rolled up stays so. */
  progress(signal: AbortSignal): Promise<KnownProgress>;
}

export interface KnownRollupsOptions {
  readonly reader: Pick<Reader, "readSystem">;
  readonly keptDays: (tenant: string) => Pick<KeptDays, "metrics" | "metric_rollups">;
  readonly clock: Clock;
}

const FRESH_MS = 10_000;

export function createKnownRollups({ reader, keptDays, clock }: KnownRollupsOptions): KnownRollups {
  let known: { readonly progress: KnownProgress; readonly atMs: number } | undefined;
  return {
    keptFrom(tenant) {
      const { metrics, metric_rollups: rollups } = keptDays(tenant);
      const daysAgo = (days: number) => clock() - days * DAY * 1000;
      return { samplesFromMs: daysAgo(metrics), rollupsFromMs: daysAgo(rollups) };
    },
    async progress(signal) {
      if (known !== undefined && clock() - known.atMs < FRESH_MS) return known.progress;
      const [numbers, distributions] = await Promise.all([
        reader.readSystem(numbersProgress, {}, signal),
        reader.readSystem(distributionsProgress, {}, signal),
      ]);
      known = { progress: { numbers: progressOf(numbers), distributions: progressOf(distributions) }, atMs: clock() };
      return known.progress;
    },
  };
}
