import { invalid } from "@sightline/errors/app-error";
import { parseDuration } from "@sightline/query/traceql/duration";
import { z } from "zod";
import type { Parameters } from "../http/request-parameters.ts";

/** A count; undefined when it is not given. */
export function countOf(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === "") return undefined;
  const count = Number(text);
  if (!/^\d{1,9}$/.test(text)) throw malformed(name, text, "a count");
  return count;
}

/** A time in a unit of so many nanoseconds since the Unix epoch, as nanoseconds; undefined when it is not given. */
export function timeOf(parameters: Parameters, name: string, unitNano: bigint): bigint | undefined {
  const text = parameters.get(name);
  if (text === "") return undefined;
  if (!/^\d{1,19}$/.test(text)) throw malformed(name, text, "an integer");
  const nanos = BigInt(text) * unitNano;
  if (nanos >= 2n ** 63n) throw malformed(name, text, "a time before 2262");
  return nanos;
}

/** A duration as Go writes it, nanoseconds; 0 when it is not given. */
export function durationOf(parameters: Parameters, name: string): bigint {
  const text = parameters.get(name);
  if (text === "") return 0n;
  const nanos = parseDuration(text);
  if (nanos === undefined) throw malformed(name, text, 'a duration such as "1.5s" or "100ms"');
  return nanos;
}

export function malformed(name: string, text: string, want: string) {
  return invalid(`unable to parse param '${name}': got ${JSON.stringify(text)}, want ${want}`);
}

const texts = z.record(z.string(), z.string());

/** Texts by name, as a JSON object in a parameter. */
export function tagObject(text: string, name: string): Record<string, string> {
  try {
    return texts.parse(JSON.parse(text));
  } catch {
    throw malformed(name, text, "a JSON object whose values are texts");
  }
}
