import { formatRfc3339, parseRfc3339 } from "@sightline/model/rfc3339";
import { SEVERITIES } from "@sightline/model/severity";
import { z } from "zod";

/** A moment: RFC 3339 in UTC with nanoseconds. */
export const moment = z.string().meta({ format: "date-time", description: "RFC 3339 in UTC with nanoseconds" });

/** A moment that may not have come. */
export const momentOrNull = moment.nullable();

/** A moment as it is sent. */
export const momentInput = moment.refine((text) => parseRfc3339(text) !== undefined, "want RFC 3339 with a zone");

/** A whole number as protobuf's uint32 holds it. */
export const uint32 = z.number().int().min(0).max(0xffff_ffff);

/** Free labels. */
export const labels = z.record(z.string(), z.string());

export const severityName = z.enum(SEVERITIES);

/** Nanoseconds since the Unix epoch as a moment; 0 is null. */
export function momentOf(unixNano: bigint): string | null {
  return unixNano === 0n ? null : formatRfc3339(unixNano);
}

/** Milliseconds since the Unix epoch as a moment; 0 and nothing are null. */
export function momentOfMs(unixMs: bigint | undefined): string | null {
  return momentOf((unixMs ?? 0n) * 1_000_000n);
}

/** A moment as milliseconds since the Unix epoch; 0 for none and for what is no moment. */
export function msOfMoment(text: string | null | undefined): bigint {
  return text === null || text === undefined ? 0n : (parseRfc3339(text) ?? 0n) / 1_000_000n;
}

/** The words of the JSON form for the numbers of a protobuf enum. */
export interface EnumWords<W extends string, N extends number> {
  /** What a request may say. */
  readonly schema: z.ZodEnum<{ [K in W]: K }>;
  /** The word of a number; undefined for 0 (unspecified) and for numbers of a newer version. */
  toWord(value: number): W | undefined;
  /** 0 (unspecified) for undefined. */
  toNumber(word: W | undefined): N | 0;
}

/**
 * Pairs words and numbers by position.
 *
 * @param words without one for "unspecified"
 * @param numbers of the protobuf enum, in the order of the words
 */
export function enumWords<const W extends string, N extends number>(
  words: readonly W[],
  numbers: readonly N[],
): EnumWords<W, N> {
  const wordOf = new Map<number, W>(
    words.flatMap((word, at) => (numbers[at] === undefined ? [] : [[numbers[at], word]])),
  );
  return {
    schema: z.enum(words),
    toWord: (value) => wordOf.get(value),
    toNumber: (word) => (word === undefined ? 0 : (numbers[words.indexOf(word)] ?? 0)),
  };
}
