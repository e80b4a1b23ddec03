import type { BenchStack } from "./bench-stack.ts";
import type { SignalName } from "./load/signals.ts";
import { storeLoad } from "./load-run.ts";

const WARM_UP_SECONDS = 5;
const SECONDS = 10;

/** How much the stack can take. */
export interface Maximum {
  /** Records a second until they can be queried, the whole way. */
  readonly queryable: number;
  /** Records a second that ingest acknowledges while storage falls behind. */
  readonly acknowledged: number;
}

/** Warms the stack up, then finds what it can take by a short load sent as fast as it is acknowledged. */
export async function findMaximum(bench: BenchStack, signal: SignalName): Promise<Maximum> {
  await storeLoad(bench, { signal, seconds: WARM_UP_SECONDS });
  const { report, queryableSeconds } = await storeLoad(bench, { signal, seconds: SECONDS });
  return {
    queryable: report.acknowledged / queryableSeconds,
    acknowledged: report.acknowledged / report.seconds,
  };
}
