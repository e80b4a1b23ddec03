import type { EventBuilder } from "@sightline/events/builder";
import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import { healthStatusOfScore } from "@sightline/model/health-status";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { fleetScore, type ScoredTarget } from "./fleet.ts";

const severityOf = { healthy: "info", degraded: "warning", unhealthy: "error" } as const;

/** Tells when a fleet goes from one status to another. */
export type Changes = (tenant: string, targets: readonly ScoredTarget[]) => SystemEvent | undefined;

/** The first status of a tenant is no change. */
export function createChanges(events: EventBuilder): Changes {
  const before = new Map<string, string>();
  return (tenant, targets) => {
    const score = fleetScore(targets);
    const status = healthStatusOfScore(score);
    const last = before.get(tenant);
    before.set(tenant, status);
    if (last === undefined || last === status) return undefined;
    const worst = targets.filter((target) => target.score < 80).slice(0, 10);
    return events.build({
      eventType: EVENT_TYPES.fleetHealthChanged,
      severity: severityOf[status],
      source: "analyzer",
      category: "health",
      title: `the fleet is ${status}: score ${Math.round(score)}, before ${last}`,
      description: worst.map(({ target, reasons }) => `${target}: ${reasons.join("; ")}`).join("\n"),
      details: { from: last, to: status, fleet_health_score: score, worst: worst.map(({ target }) => target) },
      healthScore: score,
    });
  };
}
