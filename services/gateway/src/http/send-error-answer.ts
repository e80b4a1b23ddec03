import type { AppError } from "@sightline/errors/app-error";
import type { Response } from "express";

/** An error as the API of another system tells it. */
export interface ErrorAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** Answers it, with what HTTP itself has to say of such an error. */
export function sendErrorAnswer(response: Response, error: AppError, { status, contentType, text }: ErrorAnswer): void {
  if (error.retryAfterMs !== undefined) response.setHeader("retry-after", String(Math.ceil(error.retryAfterMs / 1000)));
  if (status === 401) response.setHeader("www-authenticate", "Bearer");
  response.status(status).type(contentType).send(text);
}
