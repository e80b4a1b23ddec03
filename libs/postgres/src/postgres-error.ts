import { AppError, type ErrorCode, unavailable } from "@sightline/errors/app-error";
import pg from "pg";

/** SQLSTATEs (PostgreSQL appendix A) that mean something to callers; a class of two characters covers all its codes. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  "23505": "already_exists",
  "23503": "failed_precondition",
  "23": "invalid_argument",
  "22": "invalid_argument",
  "57014": "deadline_exceeded",
  // Nothing was heard of a transaction for too long; what it did is undone.
  "25P03": "unavailable",
  "40": "unavailable",
  "55P03": "unavailable",
  "08": "unavailable",
  "53": "unavailable",
  "57": "unavailable",
};

/**
 * What went wrong with Postgres, as our error: a conflict or bad value by its SQLSTATE, an unreachable or overloaded
 * server as `unavailable`, anything else as a defect of ours.
 *
 * @param doing completes "cannot …"
 */
export function postgresError(thrown: unknown, doing: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const { message } = AppError.from(thrown);
  if (thrown instanceof pg.DatabaseError) {
    const state = thrown.code ?? "";
    const code = CODES[state] ?? CODES[state.slice(0, 2)] ?? "internal";
    const detail = thrown.detail === undefined ? "" : ` (${thrown.detail})`;
    return new AppError(code, `cannot ${doing}: ${message}${detail}`, { cause: thrown });
  }
  // The driver's own errors are about the connection: refused, ended, timed out, no free one in time.
  return unavailable(`cannot ${doing}: ${message}`, { cause: thrown });
}
