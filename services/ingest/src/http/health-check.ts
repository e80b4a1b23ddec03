import type { RequestListener } from "node:http";
import type { Clock } from "@sightline/model/time";

export interface HealthCheckOptions {
  /** Whether what is sent now would be stored. */
  readonly isReady: () => boolean;
  readonly clock: Clock;
}

/**
 * Answers every path as the `health_check` extension of OpenTelemetry's collector does
 * (extension/healthcheckextension/internal/healthcheck/handler.go): who put ingest where a collector was goes on asking.
 */
export function createHealthCheck({ isReady, clock }: HealthCheckOptions): RequestListener {
  const upSinceMs = clock();
  return (_request, response) => {
    const isUp = isReady();
    const body = isUp
      ? {
          status: "Server available",
          upSince: new Date(upSinceMs).toISOString(),
          uptime: goDuration(clock() - upSinceMs),
        }
      : { status: "Server not available", upSince: "0001-01-01T00:00:00Z", uptime: "" };
    response.writeHead(isUp ? 200 : 503, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify(body));
  };
}

/** A time as Go prints it: 1h2m3.5s. */
function goDuration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  const seconds = `${(ms % 60_000) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes % 60}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
