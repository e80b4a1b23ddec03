import type { AppError, ErrorCode } from "@sightline/errors/app-error";
import type { ErrorAnswer } from "../http/send-error-answer.ts";
import { isForNow, toldText } from "../http/told-error.ts";

/** The statuses that Loki answers with (its `pkg/util/server/error.go`); what a query may not have is its sender's fault there. */
const STATUSES: Readonly<Record<ErrorCode, number>> = {
  invalid_argument: 400,
  failed_precondition: 400,
  resource_exhausted: 400,
  too_large: 413,
  not_found: 404,
  already_exists: 409,
  unauthenticated: 401,
  permission_denied: 403,
  unimplemented: 404,
  cancelled: 499,
  deadline_exceeded: 504,
  unavailable: 503,
  data_loss: 500,
  internal: 500,
};

const TIMED_OUT =
  "Request timed out, decrease the duration of the request or add more label matchers (prefer exact match over regex match) to reduce the amount of data processed.";

/** An error as Loki tells it: as plain text. Of our own defects it says nothing. */
export function errorAnswer(error: AppError): ErrorAnswer {
  const status = isForNow(error) ? 429 : STATUSES[error.code];
  return { status, contentType: "text/plain; charset=utf-8", text: `${textOf(error)}\n` };
}

function textOf(error: AppError): string {
  return error.code === "deadline_exceeded" ? TIMED_OUT : toldText(error);
}
