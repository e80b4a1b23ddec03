import { ClickHouseError } from "@clickhouse/client";
import { AppError, type ErrorCode, unavailable } from "@sightline/errors/app-error";

/** ClickHouse's error codes (src/Common/ErrorCodes.cpp) that are neither a defect of ours nor of the query. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  // TOO_MANY_ROWS, TOO_MANY_BYTES, TOO_MANY_ROWS_OR_BYTES, MEMORY_LIMIT_EXCEEDED, TOO_DEEP…, QUOTA_EXCEEDED
  "158": "resource_exhausted",
  "307": "resource_exhausted",
  "396": "resource_exhausted",
  "241": "resource_exhausted",
  "201": "resource_exhausted",
  // TIMEOUT_EXCEEDED, TOO_SLOW
  "159": "deadline_exceeded",
  "160": "deadline_exceeded",
  // TOO_MANY_SIMULTANEOUS_QUERIES, NOT_ENOUGH_SPACE, TOO_MANY_PARTS, NETWORK_ERROR, SOCKET_TIMEOUT, TABLE_IS_READ_ONLY,
  // KEEPER_EXCEPTION, ALL_CONNECTION_TRIES_FAILED, NO_ZOOKEEPER, UNKNOWN_STATUS_OF_INSERT
  "202": "unavailable",
  "243": "unavailable",
  "252": "unavailable",
  "210": "unavailable",
  "209": "unavailable",
  "242": "unavailable",
  "999": "unavailable",
  "279": "unavailable",
  "225": "unavailable",
  "319": "unavailable",
  // QUERY_WAS_CANCELLED
  "394": "cancelled",
  // CANNOT_PARSE_*, TYPE_MISMATCH, BAD_QUERY_PARAMETER, CANNOT_COMPILE_REGEXP: a value that a user gave
  "6": "invalid_argument",
  "27": "invalid_argument",
  "38": "invalid_argument",
  "41": "invalid_argument",
  "53": "invalid_argument",
  "72": "invalid_argument",
  "427": "invalid_argument",
  "457": "invalid_argument",
};

/**
 * What went wrong with ClickHouse, as our error: limits and outages by its code, a server that cannot be reached or went
 * away as `unavailable`, the caller's abort as `cancelled`, anything else it refuses as a defect of ours.
 *
 * @param doing completes "cannot …"
 * @param signal the caller's
 */
export function clickHouseError(thrown: unknown, doing: string, signal?: AbortSignal): AppError {
  if (thrown instanceof AppError) return thrown;
  const { message } = AppError.from(thrown);
  if (thrown instanceof ClickHouseError) {
    const code = CODES[thrown.code] ?? "internal";
    return new AppError(code, `cannot ${doing}: ${thrown.type ?? "error"} ${thrown.code}: ${message}`, {
      cause: thrown,
    });
  }
  // Told by the signal: an answer that a server breaks off is "aborted" to Node.js as well.
  if (signal?.aborted === true) return new AppError("cancelled", `cannot ${doing}: ${message}`, { cause: thrown });
  return unavailable(`cannot ${doing}: ${message}`, { cause: thrown });
}

/** The server's own code of a failure (src/Common/ErrorCodes.cpp); undefined when it was not the server that failed. */
export function serverErrorCode(error: AppError): number | undefined {
  return error.cause instanceof ClickHouseError ? Number(error.cause.code) : undefined;
}
