import { AppError } from "@sightline/errors/app-error";
import { msOfNanos, nanosOfMs } from "@sightline/model/time";
import type { IncidentEntry } from "@sightline/proto/sightline/alert/v1/incident_service";
import { EventFilters, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";

/** Finds events. Throws `unavailable` and the like while they cannot be had. */
export interface EventSource {
  searchEvents(tenant: string, filters: EventFilters, signal: AbortSignal): Promise<readonly SystemEvent[]>;
}

/** What is asked: which services, and when. */
export interface DeploymentQuery {
  readonly tenant: string;
  /** Sorted. */
  readonly services: readonly string[];
  readonly startMs: number;
  readonly endMs: number;
}

export interface FoundDeployments {
  readonly entries: readonly IncidentEntry[];
  /** Why there are none; "" where they are known. */
  readonly problem: string;
}

const MAX_EVENTS = 1000;
const DEADLINE_MS = 5000;

/** The deployments of an incident's services while it was there and in the hour before; of all, where it names no service. */
export async function findDeployments(
  source: EventSource,
  { tenant, services, startMs, endMs }: DeploymentQuery,
  signal: AbortSignal,
): Promise<FoundDeployments> {
  const filters = EventFilters.fromPartial({
    categories: ["deployment"],
    startTimeUnixNano: nanosOfMs(startMs),
    endTimeUnixNano: nanosOfMs(endMs),
    limit: MAX_EVENTS,
  });
  const named = new Set(services);
  try {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
    const events = await source.searchEvents(tenant, filters, bounded);
    const entries = events.filter(({ target }) => named.size === 0 || isOf(target, named)).map(deployed);
    return { entries, problem: "" };
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (signal.aborted) throw error;
    return { entries: [], problem: error.message };
  }
}

/** A target is the service's name, or ends in it as a repository or an image does: `acme/checkout`. */
function isOf(target: string, services: ReadonlySet<string>): boolean {
  return services.has(target) || services.has(target.slice(target.lastIndexOf("/") + 1));
}

function deployed({ eventId, timeUnixNano, title, source }: SystemEvent): IncidentEntry {
  const timeUnixMs = BigInt(Math.floor(msOfNanos(timeUnixNano)));
  return { timeUnixMs, kind: "deployed", actor: source, text: title, fingerprint: "", eventId };
}
