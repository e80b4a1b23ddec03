import { AppError, invalid } from "@sightline/errors/app-error";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The value of a text in JSON. Throws `invalid_argument` when it is none, or no UTF-8. */
export function parseJsonText(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    const why = cause instanceof TypeError ? "got bytes that are no UTF-8" : AppError.from(cause).message;
    throw invalid(`cannot parse the JSON: ${why}`, cause);
  }
}
