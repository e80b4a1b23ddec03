import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Outcome, ReceiverData } from "../integration.ts";
import { delivered, later, refused } from "../outcome.ts";

const failure = z.object({ code: z.string().optional(), responseCode: z.number().optional(), message: z.string() });

/** What the server said to a message, and to each of its recipients whom it did not take. */
export interface MailAnswer {
  readonly response: string;
  readonly accepted: readonly string[];
  readonly rejected: readonly { readonly recipient: string; readonly code: number; readonly said: string }[];
}

/**
 * What the server's answer means. Recipients whom it refused for good are told of, and others hear of it; who is only put off, such as by
 * greylisting, has to hear of it too, without telling the others again.
 */
export function answerEmail({ response, accepted, rejected }: MailAnswer, before: ReceiverData): Outcome {
  const isPutOff = ({ code }: { readonly code: number }) => code >= 400 && code < 500;
  const [putOff, refusals] = [rejected.filter(isPutOff), rejected.filter((one) => !isPutOff(one))];
  const names = (some: MailAnswer["rejected"]) => some.map(({ recipient }) => recipient).join(", ");
  const some = refusals.length === 0 ? "" : ` (refused for ${names(refusals)})`;
  const [first] = putOff;
  if (first === undefined) return delivered(`${response}${some}`);
  const done = [...doneBefore(before), ...accepted, ...refusals.map(({ recipient }) => recipient)];
  return { ...later(`${first.said} (put off for ${names(putOff)})${some}`), receiverData: { [DONE]: done.join(" ") } };
}

const DONE = "emailDone";

/** The recipients who need not be asked for any more: earlier attempts reached them, or were told that nobody will. */
export function doneBefore(before: ReceiverData): readonly string[] {
  const done = before[DONE];
  return typeof done === "string" ? done.split(" ") : [];
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
