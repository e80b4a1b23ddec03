import { z } from "zod";

const sequence = z.int().min(0);

/** What of a batch the database refused last. */
const refused = z.object({
  table: z.string(),
  first: sequence,
  last: sequence,
  /** Of the only message; unset: all messages. */
  records: z.object({ from: sequence, to: sequence }).optional(),
  /** How many parts of messages were refused so far. */
  count: sequence,
  error: z.string(),
});

/** A batch by its ends, both inclusive. */
const insertingBatch = z.object({ first: sequence, last: sequence, refused: refused.optional() });
export type InsertingBatch = z.infer<typeof insertingBatch>;

/**
 * Where a lane stands, as JetStream KV keeps it. Together with the tokens of the inserts this is what makes every
 * message stored exactly once: the boundary of a batch is recorded before it is inserted, so that whoever goes on after
 * a crash inserts the very same messages under the very same token.
 */
const laneState = z.object({
  /** The process that writes the lane; "" when it was left in order. */
  owner: z.string(),
  /** Of the stream that the sequences belong to. */
  incarnation: z.string(),
  /** All messages up to this sequence are in the database. */
  stored: sequence,
  /** What is being inserted; it may be in the database in part, in whole or not at all. */
  inserting: insertingBatch.optional(),
  /** Messages behind `stored` when this was written. */
  pending: sequence,
  /** The pause that the owner rests for: nothing is being inserted, and nothing will be until it is over. */
  paused: z.string().optional(),
});
export type LaneState = z.infer<typeof laneState>;

export function encodeLaneState(state: LaneState): Uint8Array {
  return Buffer.from(JSON.stringify(state));
}

/** Throws when the value is not what this program or an older one wrote. */
export function decodeLaneState(value: Uint8Array): LaneState {
  return laneState.parse(JSON.parse(Buffer.from(value).toString()));
}

/** Where a lane stands that begins with the oldest message of a stream. */
export function beginningOf(incarnation: string, owner: string): LaneState {
  return { owner, incarnation, stored: 0, pending: 0 };
}
