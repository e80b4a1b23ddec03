import { z } from "zod";

/** A 64-bit integer, which comes as text. */
export const int64 = z.string().transform((text) => BigInt(text));

/** A count, which fits into a double but comes as text. */
export const count = z.string().transform((text) => Number(text));

/** A Map(String, String). */
export const attributes = z.record(z.string(), z.string());
