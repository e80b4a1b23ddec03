import type { AppError } from "@sightline/errors/app-error";

/** What becomes of a batch that ingest did not take. */
export type Verdict =
  /** It stays and is sent again: nothing is wrong with it. */
  | { readonly keep: true }
  /** Sending it again would not help. */
  | { readonly keep: false; readonly reason: "invalid" | "too_large" | "internal" };

/** How often a batch may meet a defect of ingest before it is given up, so that one poisoned batch cannot stop all. */
const MAX_INTERNAL_ATTEMPTS = 5;

/**
 * Whether a batch is kept (OTLP specification, "Failures"). A wrong key or a wrong address is the operator's to mend,
 * and no reason to lose anything.
 *
 * @param attempt how often this batch has failed, this time included
 */
export function verdictOf(error: AppError, attempt: number): Verdict {
  switch (error.code) {
    case "invalid_argument":
    case "failed_precondition":
    case "not_found":
    case "already_exists":
      return { keep: false, reason: "invalid" };
    case "too_large":
      return { keep: false, reason: "too_large" };
    case "resource_exhausted":
      // Without a retry hint it is the size of this very batch.
      return error.retryAfterMs === undefined ? { keep: false, reason: "too_large" } : { keep: true };
    case "internal":
      return attempt >= MAX_INTERNAL_ATTEMPTS ? { keep: false, reason: "internal" } : { keep: true };
    case "unavailable":
    case "deadline_exceeded":
    case "cancelled":
    case "data_loss":
    case "unauthenticated":
    case "permission_denied":
    case "unimplemented":
      return { keep: true };
  }
}
