import { invalid } from "@sightline/errors/app-error";
import { parseRfc3339 } from "@sightline/model/rfc3339";
import { z } from "zod";
import { goFlag } from "../http/go-flag.ts";
import type { Parameters } from "../http/request-parameters.ts";

/** A flag in Go's spellings; true where it is left out, as all of the API's are. */
export function flagOf(parameters: Parameters, name: string): boolean {
  const text = parameters.get(name);
  const flag = text === "" ? true : goFlag(text);
  if (flag !== undefined) return flag;
  throw invalid(`${name} in query must be of type boolean: ${JSON.stringify(text.slice(0, 100))}`);
}

/** A time as milliseconds since the Unix epoch. */
export const time = z.string().transform((text, context) => {
  const unixNano = parseRfc3339(text);
  if (unixNano !== undefined) return unixNano / 1_000_000n;
  context.addIssue({ code: "custom", message: "expected a time as of RFC 3339" });
  return z.NEVER;
});

/** Reads a body, or throws invalid_argument that names the place. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw invalid(`cannot read ${faultOf(read.error, "body")}`);
}

/** Says what is wrong, and where; `whole` is what it is in. */
export function faultOf({ issues: [issue] }: z.ZodError, whole: string): string {
  const where = issue === undefined || issue.path.length === 0 ? whole : issue.path.join(".");
  return `${where}: ${issue?.message ?? "malformed"}`;
}
