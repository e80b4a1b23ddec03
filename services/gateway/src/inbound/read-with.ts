import { invalid } from "@sightline/errors/app-error";
import type { z } from "zod";
import { INBOUND_LIMITS, tooMany } from "./bounded.ts";
import type { Dropped } from "./told.ts";

/** What is wrong with a value, the first five things of it. */
export function problemsOf(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("; ");
}

/** Reads a payload as a whole. Throws invalid_argument that names the fields. */
export function readWith<T>(schema: z.ZodType<T>, payload: unknown, what: string): T {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  throw invalid(`cannot read the ${what}: ${problemsOf(parsed.error)}`, parsed.error);
}

/**
 * Reads the parts of a payload one by one: what is wrong with one of them is no other's trouble. More than are taken of one request are not
 * looked at, since even to say what is wrong with each would take seconds.
 */
export function readEach<T>(
  schema: z.ZodType<T>,
  items: readonly unknown[],
  what: string,
): { readonly read: readonly T[]; readonly dropped: readonly Dropped[] } {
  const read: T[] = [];
  const dropped: Dropped[] = [];
  for (const [at, item] of items.slice(0, INBOUND_LIMITS.alerts).entries()) {
    const parsed = schema.safeParse(item);
    if (parsed.success) read.push(parsed.data);
    else dropped.push({ reason: "malformed", what: `${what} ${at}: ${problemsOf(parsed.error)}` });
  }
  return { read, dropped: [...dropped, ...tooMany(items.length, `${what}s`)] };
}
