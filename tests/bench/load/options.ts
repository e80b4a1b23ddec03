import { z } from "zod";
import { signalName } from "./signals.ts";

/** What a load is told: one JSON argument. */
export const loadOptions = z.strictObject({
  signal: signalName,
  /** host:port of ingest's gRPC door. */
  address: z.string(),
  apiKey: z.string(),
  seconds: z.number().positive(),
  /** Tells the records of this run from those of others. */
  run: z.int().min(0),
  /** Requests under way at once, each on a connection of its own. */
  senders: z.int().min(1),
  recordsPerRequest: z.int().min(1),
  /** Open loop: so many records a second, whatever the answers. Without it each sender sends on as soon as it is answered. */
  recordsPerSecond: z.number().positive().optional(),
  /** Each request of a sender is so much later than the one before it, beginning half a day ago; default: it is now. */
  stepMs: z.int().positive().optional(),
});
export type LoadOptions = z.infer<typeof loadOptions>;

/** What a load did: one line of JSON. */
export const loadReport = z.strictObject({
  /** Records that were acknowledged. */
  acknowledged: z.number(),
  requests: z.number(),
  /** Of the acknowledged requests, with gRPC's five bytes. */
  bytes: z.number(),
  /** Requests that were not acknowledged, by their status code. */
  refused: z.record(z.string(), z.number()),
  /** From the first sending to the last answer. */
  seconds: z.number(),
  /** From when a request was to be sent, in an open loop, or was sent, to its acknowledgement. */
  ackMs: z.strictObject({ p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() }),
  /** The generator's own CPU time. */
  cpuSeconds: z.number(),
});
export type LoadReport = z.infer<typeof loadReport>;
