import type { EventBuilder } from "@sightline/events/builder";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { Target } from "../targets/target.ts";
import type { Transition, VisitResult } from "../targets/target-status.ts";

/** The HEALTH_CHECK event of a visit that changed something; undefined when nothing changed. */
export function healthEvent(
  build: EventBuilder,
  target: Target,
  { transition: { change, lastedMs }, result }: { readonly transition: Transition; readonly result: VisitResult },
): SystemEvent | undefined {
  if (change === "none") return undefined;
  const event = build.healthCheck("collector", target.name, result.up ? "healthy" : "unhealthy", {
    ...result.details,
    kind: target.kind,
    address: withoutQuery(target.address),
    latency_ms: Math.round(result.durationMs * 10) / 10,
    ...(result.error === "" ? {} : { error: result.error }),
    ...(change === "first" ? {} : { previous_state_ms: lastedMs }),
  });
  return {
    ...event,
    title: titleOf(target, change, lastedMs),
    description: result.error,
    metadata: { correlationId: "", traceId: "", spanId: "", userId: "", sourceIp: "", labels: { ...target.labels } },
  };
}

function titleOf({ name }: Target, change: Transition["change"], lastedMs: number): string {
  if (change === "came_up") return `${name} is up again after ${Math.round(lastedMs / 1000)} s`;
  return change === "went_down" ? `${name} is down` : `${name} is watched from now on`;
}

/** Queries may hold secrets, and events are for everybody. */
function withoutQuery(address: string): string {
  return address.replace(/[?#].*$/s, "");
}
