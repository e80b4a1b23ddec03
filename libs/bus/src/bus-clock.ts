import { unavailable } from "@sightline/errors/app-error";
import type { Bus } from "./connect.ts";
import { openKv } from "./kv.ts";

const BUCKET = "clocks";
/** Long enough for a value to be there when it is read. */
const MAX_AGE_SECONDS = 3600;
const NOTHING = new Uint8Array(0);

/**
 * Opens what tells the time of the bus' clock, milliseconds since the Unix epoch. The server says when it wrote something and nothing else, so
 * each answer is a write: ask every few seconds. Answers throw `unavailable` in an outage.
 */
export async function openBusClock(
  bus: Bus,
  { replicas }: { readonly replicas: number },
): Promise<() => Promise<number>> {
  const kv = await openKv(bus, BUCKET, { replicas, maxAgeSeconds: MAX_AGE_SECONDS });
  const key = crypto.randomUUID();
  let revision: number | undefined;
  return async () => {
    const write = await (revision === undefined ? kv.create(key, NOTHING) : kv.update(key, NOTHING, revision));
    const value = await kv.get(key);
    revision = value?.revision;
    // A value of before tells when that was.
    if (write.kind === "conflict" || value === undefined)
      throw unavailable("cannot read the clock of the bus: its bucket changed");
    return value.writtenUnixMs;
  };
}
