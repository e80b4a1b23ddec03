import { JetStreamApiError } from "@nats-io/jetstream";
import { AppError, unavailable } from "@sightline/errors/app-error";

/** JetStream's own codes (nats-server errors.json) for a stream that is full: it drains again, but not at once. */
const FULL = new Set([10077, 10047, 10023, 10122]);

/** Of these, that the stream itself has as many bytes as it may: not the server, for which less of it might be no help. */
const STREAM_FULL = 10077;

/** Whether a publish failed for want of room in the stream. */
export function isStreamFull(thrown: unknown): boolean {
  return apiErrorCode(thrown instanceof AppError ? thrown.cause : thrown) === STREAM_FULL;
}

/**
 * What went wrong with the bus, as our error. Everything the bus refuses is our outage (`unavailable`), never the
 * sender's fault: it may try again.
 *
 * @param doing completes "cannot …", for example "publish to telemetry.traces.0"
 */
export function busError(thrown: unknown, doing: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const cause = AppError.from(thrown);
  if (cause.code === "cancelled") return cause;
  if (thrown instanceof JetStreamApiError && FULL.has(thrown.code)) {
    return unavailable(`cannot ${doing}: the stream is full (${thrown.message})`, {
      retryAfterMs: 5000,
      cause: thrown,
    });
  }
  return unavailable(`cannot ${doing}: ${cause.message}`, { cause: thrown });
}

/** JetStream's code of a server error, if it is one. */
export function apiErrorCode(thrown: unknown): number | undefined {
  return thrown instanceof JetStreamApiError ? thrown.code : undefined;
}
