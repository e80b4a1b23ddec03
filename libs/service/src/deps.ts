import type { Registry } from "prom-client";
import type { Lifecycle } from "./lifecycle.ts";
import type { Logger } from "./logger.ts";
import type { Readiness } from "./readiness.ts";

/** What every service is given to start with. */
export interface Deps {
  readonly log: Logger;
  /** Everything acquired is pushed here, with a name. */
  readonly lifecycle: Lifecycle;
  /** Where the service's own metrics are registered. */
  readonly metrics: Registry;
  readonly readiness: Readiness;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  /** Aborted as soon as the service is to stop, before the lifecycle closes anything. */
  readonly signal: AbortSignal;
}
