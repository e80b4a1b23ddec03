// For tests: an ingest that keeps what it takes in memory, behind a real gRPC door.
import type { AppError } from "@sightline/errors/app-error";
import { MetricsServiceService } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import type { ResourceMetrics } from "@sightline/proto/opentelemetry/proto/metrics/v1/metrics";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { EventServiceService } from "@sightline/proto/sightline/ingest/v1/event_service";
import { bearerToken, unary } from "@sightline/rpc/handlers";
import { createGrpcServer } from "@sightline/rpc/server";
import { quietLog } from "@sightline/testkit/quiet-log";

/** Takes metrics and events; an event whose title starts with "half" is refused beside the others. */
export async function startIngest(port = 0) {
  const got: string[] = [];
  const metrics: ResourceMetrics[] = [];
  const events: SystemEvent[] = [];
  const keys = new Set<string | undefined>();
  let refuse: (names: string[]) => AppError | undefined = () => undefined;
  const server = createGrpcServer({ host: "127.0.0.1", port, log: quietLog });
  const take = (names: string[]) => {
    const error = refuse(names);
    if (error !== undefined) throw error;
    got.push(...names);
  };
  server.addService(MetricsServiceService, {
    export: unary(async ({ resourceMetrics }, { metadata }) => {
      keys.add(bearerToken(metadata));
      take(
        resourceMetrics.flatMap((each) => each.scopeMetrics.flatMap((scope) => scope.metrics.map(({ name }) => name))),
      );
      metrics.push(...resourceMetrics);
      return { partialSuccess: undefined };
    }),
  });
  server.addService(EventServiceService, {
    storeEvents: unary(async (request, { metadata }) => {
      keys.add(bearerToken(metadata));
      take(request.events.map(({ title }) => title));
      events.push(...request.events);
      return {
        eventIds: request.events.map(({ eventId }) => eventId),
        rejected: request.events.flatMap(({ title }, index) =>
          title.startsWith("half") ? [{ index, reason: "half bad" }] : [],
        ),
      };
    }),
  });
  const address = `127.0.0.1:${await server.listen()}`;
  return {
    address,
    /** Names of metrics and titles of events, in the order they came. */
    got,
    metrics,
    events,
    /** The API keys that were seen. */
    keys,
    /** Answers with an error when the rule gives one. */
    refuseWhen(rule: (names: string[]) => AppError | undefined) {
      refuse = rule;
    },
    close: () => server.close(0),
    [Symbol.asyncDispose]: () => server.close(0),
  };
}
