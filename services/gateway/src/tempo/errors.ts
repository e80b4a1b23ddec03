import type { AppError, ErrorCode } from "@sightline/errors/app-error";
import type { ErrorAnswer } from "../http/send-error-answer.ts";
import { isForNow, toldText } from "../http/told-error.ts";

/** The statuses that Tempo answers with; what would be too much for one query is 422, as a trace that is too large is there. */
const STATUSES: Readonly<Record<ErrorCode, number>> = {
  invalid_argument: 400,
  failed_precondition: 400,
  resource_exhausted: 422,
  too_large: 422,
  not_found: 404,
  already_exists: 409,
  unauthenticated: 401,
  permission_denied: 403,
  unimplemented: 501,
  cancelled: 499,
  deadline_exceeded: 504,
  unavailable: 503,
  data_loss: 500,
  internal: 500,
};

/** An error as Tempo tells it: as plain text. Of our own defects it says nothing. */
export function errorAnswer(error: AppError): ErrorAnswer {
  const status = isForNow(error) ? 429 : STATUSES[error.code];
  return { status, contentType: "text/plain; charset=utf-8", text: toldText(error) };
}
