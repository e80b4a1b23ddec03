import { invalid } from "@sightline/errors/app-error";
import type { TimeRange } from "@sightline/model/time";
import { z } from "zod";

/** Where a page ended: the range that is being read, and the time and id of the last record given. */
export interface Cursor extends TimeRange {
  readonly timeUnixNano: bigint;
  readonly id: string;
}

const nanos = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform((text) => BigInt(text))
  .refine((value) => value < 2n ** 63n);

/**
 * Cursors whose ids look like `id`. The text is opaque to callers but holds nothing secret and decides nothing: one that
 * was tampered with names another place in the same tenant's records.
 */
export function cursorCodec(id: RegExp) {
  const schema = z.tuple([nanos, nanos, nanos, z.string().regex(id)]);
  return {
    encode: (cursor: Cursor): string => {
      const { startUnixNano, endUnixNano, timeUnixNano } = cursor;
      const fields = [startUnixNano, endUnixNano, timeUnixNano, cursor.id].map(String);
      return Buffer.from(JSON.stringify(fields)).toString("base64url");
    },
    /** Undefined for "". */
    decode: (text: string): Cursor | undefined => {
      if (text === "") return undefined;
      const parsed = schema.safeParse(parseJson(Buffer.from(text, "base64url").toString()));
      if (!parsed.success) throw invalid("cannot use cursor: got one that no answer gave");
      const [startUnixNano, endUnixNano, timeUnixNano, lastId] = parsed.data;
      return { startUnixNano, endUnixNano, timeUnixNano, id: lastId };
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
