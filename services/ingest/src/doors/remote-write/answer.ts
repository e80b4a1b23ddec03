import { invalid } from "@sightline/errors/app-error";
import { type Answer, refusalOf, textAnswer } from "../../http/answer.ts";
import type { Refusal } from "../../http/content.ts";
import type { Counts, WriteVersion } from "./translate.ts";

/** What became of a write request. */
export interface Outcome {
  readonly version: WriteVersion;
  /** What the bus holds. */
  readonly written: Counts;
  readonly refused: Counts;
  /** Why the first of these was. */
  readonly firstRefusal: string;
}

/**
 * 204 when all was taken. Else 400, although the rest was taken: senders must be told, and the same again would be of no
 * use (remote write 2.0, "Partial Write").
 */
export function writeAnswer({ version, written, refused, firstRefusal }: Outcome): Answer {
  const headers = writtenHeaders(version, written);
  if (refused.samples + refused.histograms + refused.exemplars === 0) return { status: 204, headers };
  const error = invalid(`cannot take ${textOf(refused)}; the first: ${firstRefusal}`);
  const answer = textAnswer(refusalOf(error));
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** A refusal of a whole request: text, and to senders of 2.0 that nothing was written. */
export function refusedAnswer(refusal: Refusal, version: WriteVersion | undefined): Answer {
  const answer = textAnswer(refusal);
  const nothing = { samples: 0, histograms: 0, exemplars: 0 };
  return { ...answer, headers: { ...answer.headers, ...writtenHeaders(version, nothing) } };
}

/** 2.0 wants them in every answer; senders of 1.0 would take them for a sign that 2.0 was understood. */
function writtenHeaders(version: WriteVersion | undefined, { samples, histograms, exemplars }: Counts) {
  if (version !== "v2") return {};
  return {
    "x-prometheus-remote-write-samples-written": String(samples),
    "x-prometheus-remote-write-histograms-written": String(histograms),
    "x-prometheus-remote-write-exemplars-written": String(exemplars),
  };
}

function textOf({ samples, histograms, exemplars }: Counts): string {
  const counted = { sample: samples, histogram: histograms, exemplar: exemplars };
  return Object.entries(counted)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}${count === 1 ? "" : "s"}`)
    .join(", ");
}
