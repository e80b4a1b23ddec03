import type { Clock } from "@sightline/model/time";
import type { Clients } from "../clients.ts";

export interface JaegerContext {
  readonly traceql: Clients["traceql"];
  readonly promql: Clients["promql"];
  readonly clock: Clock;
}
