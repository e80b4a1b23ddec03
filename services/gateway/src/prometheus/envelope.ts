import type { AppError, ErrorCode } from "@sightline/errors/app-error";
import type { ErrorAnswer as SentAnswer } from "../http/send-error-answer.ts";
import { isForNow, toldText } from "../http/told-error.ts";

/** How an error is told: `errorType` and status of Prometheus' API (docs/querying/api.md). */
interface ErrorForm {
  readonly errorType: string;
  readonly status: number;
}

const BAD_DATA: ErrorForm = { errorType: "bad_data", status: 400 };
const EXECUTION: ErrorForm = { errorType: "execution", status: 422 };

const FORMS: Readonly<Partial<Record<ErrorCode, ErrorForm>>> = {
  invalid_argument: BAD_DATA,
  too_large: { errorType: "bad_data", status: 413 },
  failed_precondition: EXECUTION,
  resource_exhausted: EXECUTION,
  deadline_exceeded: { errorType: "timeout", status: 503 },
  // Nobody hears it, but whoever counts answers is not to take it for a failure of ours.
  cancelled: { errorType: "canceled", status: 499 },
  unavailable: { errorType: "unavailable", status: 503 },
  not_found: { errorType: "not_found", status: 404 },
  unauthenticated: { errorType: "unauthorized", status: 401 },
  permission_denied: { errorType: "forbidden", status: 403 },
  unimplemented: { errorType: "not_found", status: 404 },
};

/** Too many queries at a time; Prometheus has no other word for it. */
const FOR_NOW: ErrorForm = { errorType: "unavailable", status: 503 };
const INTERNAL: ErrorForm = { errorType: "internal", status: 500 };

export interface ErrorAnswer {
  readonly status: number;
  readonly body: { readonly status: "error"; readonly errorType: string; readonly error: string };
}

/** An error as Prometheus answers it. Of our own defects it says nothing. */
export function errorAnswer(error: AppError): ErrorAnswer {
  const { errorType, status } = isForNow(error) ? FOR_NOW : (FORMS[error.code] ?? INTERNAL);
  return { status, body: { status: "error", errorType, error: toldText(error) } };
}

/** The same as it is sent. */
export function envelopeError(error: AppError): SentAnswer {
  const { status, body } = errorAnswer(error);
  return { status, contentType: "application/json", text: JSON.stringify(body) };
}

/** What was odd about an answer. */
export interface Notes {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** What stands before and behind the data of an answer. */
export function successFrame({ warnings, infos }: Notes): { readonly before: string; readonly after: string } {
  const notes = [
    warnings.length === 0 ? "" : `,"warnings":${JSON.stringify(fewOf(warnings, "warning"))}`,
    infos.length === 0 ? "" : `,"infos":${JSON.stringify(fewOf(infos, "info"))}`,
  ];
  return { before: '{"status":"success","data":', after: `${notes.join("")}}` };
}

/** As many as Prometheus tells of each kind. */
const MAX_NOTES = 10;

function fewOf(notes: readonly string[], kind: string): readonly string[] {
  if (notes.length <= MAX_NOTES) return notes;
  return [...notes.slice(0, MAX_NOTES), `${notes.length - MAX_NOTES} more ${kind} annotations omitted`];
}
