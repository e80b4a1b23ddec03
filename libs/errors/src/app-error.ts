/** What kind of failure it is, in the words of gRPC. */
export const ERROR_CODES = [
  "cancelled",
  "invalid_argument",
  "deadline_exceeded",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "too_large",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
  "unauthenticated",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface AppErrorOptions {
  /** Whether the same call may succeed later. Default: true for `unavailable` and `deadline_exceeded` only. */
  readonly retryable?: boolean;
  /** When a retry is sensible, in milliseconds from now. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

const retryableByNature: ReadonlySet<ErrorCode> = new Set(["unavailable", "deadline_exceeded"]);

/**
 * The one error type. Its message says "cannot <verb> <thing>: got X, want Y", with the key or the position, and is
 * fit to be shown to whoever sent the request.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? retryableByNature.has(code);
    this.retryAfterMs = options.retryAfterMs;
  }

  /**
   * The only conversion of an unknown thrown value. An AppError stays itself; an abort becomes `cancelled`, a timeout
   * `deadline_exceeded`; anything else is a defect of ours: `internal`.
   */
  static from(thrown: unknown): AppError {
    if (thrown instanceof AppError) return thrown;
    if (thrown instanceof Error) {
      if (thrown.name === "AbortError") return new AppError("cancelled", thrown.message, { cause: thrown });
      if (thrown.name === "TimeoutError") return new AppError("deadline_exceeded", thrown.message, { cause: thrown });
      return new AppError("internal", thrown.message, { cause: thrown });
    }
    return new AppError("internal", String(thrown), { cause: thrown });
  }
}

/** The sender's fault: what was got and what is wanted. Retrying the same never helps. */
export function invalid(message: string, cause?: unknown): AppError {
  return new AppError("invalid_argument", message, { cause });
}

/** Our outage: nothing was taken, the sender should try again. */
export function unavailable(message: string, options: Omit<AppErrorOptions, "retryable"> = {}): AppError {
  return new AppError("unavailable", message, { retryAfterMs: 1000, ...options });
}
