import { invalid } from "@sightline/errors/app-error";
import { atPointer } from "./json-value.ts";

/** The items of a payload. Throws invalid_argument where the pointer leads nowhere. */
export function readItems(payload: unknown, pointer: string): readonly unknown[] {
  const found = atPointer(payload, pointer);
  if (found === undefined) throw invalid(`cannot read the payload: there is nothing at ${JSON.stringify(pointer)}`);
  return Array.isArray(found) ? found : [found];
}
