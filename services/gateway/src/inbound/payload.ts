import { AppError, invalid } from "@sightline/errors/app-error";
import { nestsDeeper } from "@sightline/events/details";
import type { InboundRequest } from "./kind.ts";

const MAX_DEPTH = 64;

/** The JSON of a body, also where it is a form's field `payload`, as GitHub sends it unless it is told otherwise. Throws invalid_argument. */
export function parsePayload({ header, body }: InboundRequest): unknown {
  const text = new TextDecoder().decode(body);
  const isForm = /^application\/x-www-form-urlencoded/i.test(header("content-type") ?? "");
  const json = isForm ? (new URLSearchParams(text).get("payload") ?? "") : text;
  if (nestsDeeper(json, MAX_DEPTH)) throw invalid(`cannot read the body: got JSON nested deeper than ${MAX_DEPTH}`);
  try {
    return JSON.parse(json);
  } catch (thrown) {
    throw invalid(`cannot read the body: got no JSON: ${AppError.from(thrown).message}`, thrown);
  }
}
