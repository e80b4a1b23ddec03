import type { AppError, ErrorCode } from "@sightline/errors/app-error";
import type { ErrorAnswer } from "../http/send-error-answer.ts";
import { isForNow, toldText } from "../http/told-error.ts";

/** Alertmanager knows 400, 404 and 500; what asks for another try is 503, so that Prometheus sends it again. */
const STATUSES: Readonly<Record<ErrorCode, number>> = {
  invalid_argument: 400,
  failed_precondition: 400,
  resource_exhausted: 400,
  already_exists: 400,
  too_large: 413,
  not_found: 404,
  unauthenticated: 401,
  permission_denied: 403,
  unimplemented: 501,
  cancelled: 499,
  deadline_exceeded: 504,
  unavailable: 503,
  data_loss: 500,
  internal: 500,
};

/** An error as Alertmanager tells it: a JSON string. Of our own defects it says nothing. */
export function errorAnswer(error: AppError): ErrorAnswer {
  const status = isForNow(error) ? 429 : STATUSES[error.code];
  return { status, contentType: "application/json", text: JSON.stringify(toldText(error)) };
}
