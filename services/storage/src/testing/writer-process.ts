/**
 * A writer in a process of its own, which kills itself at a given insert: `node writer-process.ts <settings as JSON>`.
 * What a crash leaves behind is only seen where a process really ends.
 */
import { connectBus } from "@sightline/bus/connect";
import { type ClickHouse, createClickHouse } from "@sightline/clickhouse/client";
import { quietLog } from "@sightline/testkit/quiet-log";
import { z } from "zod";
import { startTestWriter, writerDefaults } from "./pipeline.ts";

const crashSettings = z.strictObject({
  natsUrl: z.string(),
  clickhouse: z.strictObject({ url: z.string(), database: z.string(), username: z.string(), password: z.string() }),
  /** Which insert the process does not survive, from 1, and on which side of it. */
  insert: z.int().min(1),
  when: z.enum(["before", "after"]),
  /** Only inserts whose name has this in it are counted; "": all. */
  named: z.string(),
  maxRows: z.int(),
});
export type CrashSettings = z.infer<typeof crashSettings>;

const settings = crashSettings.parse(JSON.parse(process.argv[2] ?? ""));
const bus = await connectBus({ url: settings.natsUrl, name: "doomed", log: quietLog });
const clickhouse = createClickHouse(settings.clickhouse, { log: quietLog });
let inserts = 0;

const insertNative: ClickHouse["insertNative"] = async (table, blocks, options = {}) => {
  if (options.deduplicationToken?.includes(settings.named)) inserts += 1;
  const doomed = inserts === settings.insert;
  if (doomed && settings.when === "before") process.kill(process.pid, "SIGKILL");
  await clickhouse.insertNative(table, blocks, options);
  if (doomed) process.kill(process.pid, "SIGKILL");
};

// Long enough that all that is there when it starts is one batch, where the rows allow it.
const limits = { ...writerDefaults.limits, maxRows: settings.maxRows, flushIntervalMs: 500 };
await startTestWriter(bus, { insertNative }, { limits });
