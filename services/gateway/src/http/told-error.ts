import type { AppError } from "@sightline/errors/app-error";

/** What a caller is told of an error: of our own defects nothing. */
export function toldText({ code, message }: Pick<AppError, "code" | "message">): string {
  return code === "internal" ? "internal error; the service's log has the details" : message;
}

/** Whether the caller has too much under way for now, rather than asked for too much at once. */
export function isForNow({ code, retryable }: Pick<AppError, "code" | "retryable">): boolean {
  return code === "resource_exhausted" && retryable;
}
