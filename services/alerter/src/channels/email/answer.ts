import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Outcome } from "../integration.ts";
import { delivered, later, refused } from "../outcome.ts";

const failure = z.object({ code: z.string().optional(), responseCode: z.number().optional(), message: z.string() });

/** What the server said when it took the message; some recipients it may have refused. */
export function answerEmail(response: string, rejected: readonly string[]): Outcome {
  const some = rejected.length === 0 ? "" : ` (refused for ${rejected.join(", ")})`;
  return delivered(`${response}${some}`);
}

/**
 * What a failure means: 4xx may be tried again, 5xx not (RFC 5321 section 4.2.1); neither may wrong credentials nor
 * STARTTLS that there is none of, a connection that broke may.
 */
export function failedEmail(thrown: unknown): Outcome {
  if (thrown instanceof AppError) throw thrown;
  const { data } = failure.safeParse(thrown);
  if (data === undefined) throw AppError.from(thrown);
  const { code, responseCode = 0, message } = data;
  if (responseCode >= 400 && responseCode < 500) return later(message);
  if (responseCode >= 500) return refused(message, code === "EAUTH" ? "unauthenticated" : "answer");
  if (code === "EAUTH" || code === "ENOAUTH") return refused(message, "unauthenticated");
  if (code === "ETLS" || code === "EENVELOPE" || code === "ECONFIG") return refused(message, "failed_precondition");
  return later(message, undefined, code === "ETIMEDOUT" ? "deadline_exceeded" : "unavailable");
}
