import { z } from "zod";

const positive = z.int().positive();
const buckets = z.array(z.number().positive()).min(1).max(100);

/** Metrics that are computed of spans. Names and defaults are those of Tempo's metrics generator. */
export const spansConfig = z.strictObject({
  enabled: z.boolean().default(true),
  /** How often the series are published. */
  publishIntervalMs: positive.default(15_000),
  /** Spans on the bus for longer are not counted any more: who is so far behind goes on with the newest. */
  maxLagMs: positive.default(60_000),
  /** So many are counted one by one. Of more, a part of the traces is: each stands for as many as make up for the others. */
  maxSpansPerSecond: positive.default(10_000),
  /** A span that ended so long before it came is not counted: it would be counted as of now. */
  maxSpanAgeMs: positive.default(60_000),
  /** A series without a span for so long is forgotten. */
  forgetAfterMs: positive.default(900_000),
  /** Series that a tenant may have, where its own limits do not say so; 0: none. */
  maxSeriesPerTenant: z.int().nonnegative().default(50_000),
  graph: z
    .strictObject({
      enabled: z.boolean().default(true),
      bucketsSeconds: buckets.default([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8]),
      /** How long a span waits for the one at the other end of its edge. */
      waitMs: positive.default(10_000),
      /** Spans of a tenant that may wait. */
      maxWaiting: positive.default(200_000),
      /** What a node that sends no spans is called by, the first that a span has. */
      peerAttributes: z.array(z.string().max(127)).max(20).default(["peer.service", "db.name", "db.system"]),
      /** So many subjects or topics of a tenant are nodes of their own; of more, the whole system is one. */
      maxDestinations: z.int().nonnegative().default(500),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      enabled: z.boolean().default(true),
      bucketsSeconds: buckets.default([
        0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.02, 2.05, 4.1, 8.19, 16.4,
      ]),
      /** Attributes of spans or their resources that become labels. */
      dimensions: z.array(z.string().max(127)).max(20).default([]),
      /** Whether the message of a span's status becomes a label. */
      statusMessage: z.boolean().default(false),
    })
    .prefault({}),
});
