import { z } from "zod";

const percent = z.number().min(1).max(100);

/** What is done before the database's disk is full. */
export const diskConfig = z
  .strictObject({
    /** From this share of a disk on people are told. */
    warnPercent: percent.default(90),
    /** From this on nothing is stored any more: records wait on the bus, which refuses new ones when it is full itself. */
    pausePercent: percent.default(95),
    /** From `warnPercent` on the oldest days are deleted, whatever is set for how long they are kept. */
    evictOldest: z.boolean().default(false),
    checkIntervalMs: z.int().min(100).max(600_000).default(10_000),
  })
  .refine(({ warnPercent, pausePercent }) => warnPercent <= pausePercent, {
    message: "cannot use pausePercent: want at least warnPercent",
  });
export type DiskConfig = z.infer<typeof diskConfig>;
