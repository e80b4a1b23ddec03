import type { Deps } from "@sightline/service/deps";
import { createLifecycle } from "@sightline/service/lifecycle";
import { createMetrics } from "@sightline/service/metrics";
import { createReadiness, type ReadinessState } from "@sightline/service/readiness";
import { quietLog } from "./quiet-log.ts";

export interface StartServiceOptions<C> {
  /** The service's own `start` of its app.ts. */
  start(config: C, deps: Deps): Promise<void>;
  readonly config: C;
  readonly clock?: () => number;
  /** Default: says nothing. */
  readonly log?: Deps["log"];
}

/** A service that runs in this process, without the admin endpoint, telemetry and signals that `run` gives it. */
export interface StartedService extends AsyncDisposable {
  readonly deps: Omit<Deps, "readiness"> & { readonly readiness: ReadinessState };
  /** Stops it as SIGTERM would. Idempotent; throws what could not be closed. */
  stop(): Promise<void>;
}

/** Starts a service in this process. When its start fails, what it had acquired is given back before this rejects. */
export async function startService<C>(options: StartServiceOptions<C>): Promise<StartedService> {
  const { start, config, clock = Date.now, log = quietLog } = options;
  const stopping = new AbortController();
  const lifecycle = createLifecycle({ log, timeoutMs: 10_000 });
  const readiness = createReadiness();
  const metrics = createMetrics({ name: "test", version: "0.0.0" });
  const deps = { log, lifecycle, metrics, readiness, clock, signal: stopping.signal };
  const stop = (): Promise<void> => {
    readiness.stopping();
    stopping.abort();
    return lifecycle.stop();
  };
  try {
    await start(config, deps);
  } catch (error) {
    await stop();
    throw error;
  }
  readiness.started();
  return { deps, stop, [Symbol.asyncDispose]: stop };
}
