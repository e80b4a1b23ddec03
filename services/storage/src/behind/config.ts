import { z } from "zod";

/** When people are told that something does not keep up with what comes in. */
export const behindConfig = z.strictObject({
  /** Records that have waited for so long to be stored … */
  waitedMs: z.int().min(1000).max(86_400_000).default(60_000),
  /** … or so many messages that a reader of the bus has not read; at two looks in a row. */
  unreadMessages: z.int().min(1).default(5000),
  checkIntervalMs: z.int().min(100).max(60_000).default(15_000),
});
export type BehindConfig = z.infer<typeof behindConfig>;
