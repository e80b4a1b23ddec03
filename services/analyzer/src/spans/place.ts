import type { KvBucket } from "@sightline/bus/kv";
import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";

/** Up to where the stream's spans are in series that were published. */
export interface Place {
  /** The sequence to go on behind; undefined when there is none in this stream. Throws `unavailable`. */
  read(): Promise<number | undefined>;
  /** Throws `failed_precondition` when another process has written it since, and `unavailable`. */
  write(seq: number): Promise<void>;
}

const KEY = "spans";
const stored = z.object({ incarnation: z.string(), seq: z.int().nonnegative() });

/** @param incarnation tells the stream from another of its name */
export function createPlace(bucket: KvBucket, incarnation: string): Place {
  let revision: number | undefined;
  return {
    async read() {
      const found = await bucket.get(KEY);
      revision = found?.revision;
      if (found === undefined) return undefined;
      const place = stored.safeParse(JSON.parse(Buffer.from(found.value).toString()));
      return place.success && place.data.incarnation === incarnation ? place.data.seq : undefined;
    },
    async write(seq) {
      const value = Buffer.from(JSON.stringify({ incarnation, seq }));
      const write =
        revision === undefined ? await bucket.create(KEY, value) : await bucket.update(KEY, value, revision);
      if (write.kind === "conflict") {
        throw new AppError(
          "failed_precondition",
          "cannot save how far spans are counted: another process counts them too",
        );
      }
      revision = write.revision;
    },
  };
}
