import type { KvBucket } from "@sightline/bus/kv";
import { AppError } from "@sightline/errors/app-error";
import type { Logger } from "@sightline/service/logger";
import { every } from "@sightline/service/loop";
import { z } from "zod";
import type { PauseWatch } from "../writer/pause.ts";

/** Where in the lanes' bucket it stands who does the chores, and the pause that they rest for. */
export const UPKEEP_KEY = "upkeep";

const upkeepState = z.object({
  /** The process that does the chores; "" when nobody does. */
  owner: z.string(),
  /** No chore is being done, and none will be until that pause is over. */
  paused: z.string().optional(),
});
export type UpkeepState = z.infer<typeof upkeepState>;

export function encodeUpkeep(state: UpkeepState): Uint8Array {
  return Buffer.from(JSON.stringify(state));
}

export function decodeUpkeep(value: Uint8Array): UpkeepState {
  return upkeepState.parse(JSON.parse(Buffer.from(value).toString()));
}

/** The chores of one process, as far as a pause is concerned. */
export interface UpkeepRest {
  /** Does a chore, unless all is to rest: then it is left out, and comes again anyway. */
  run(chore: (enough: () => boolean) => Promise<void>): Promise<void>;
  /** Says that this process does no chores any more. */
  leave(): Promise<void>;
}

export interface UpkeepRestOptions {
  readonly bucket: Pick<KvBucket, "get" | "create" | "update">;
  readonly pause: Pick<PauseWatch, "active" | "onChange">;
  /** Unlike that of any other process or start. */
  readonly owner: string;
  /** Whether rows go when their time is over. Set before it is said that all rests, and again afterwards. */
  setExpiry(expires: boolean): Promise<void>;
  readonly log: Logger;
}

/** What could not be said at once is tried again so often. */
const RETRY_MS = 1000;

/**
 * Takes the chores over: whoever did them before does none from now on. They write to the database beside the lanes, and
 * so rest when those do; the record says so to whoever asked, as the lanes' own do.
 */
export async function takeUpkeep(options: UpkeepRestOptions): Promise<UpkeepRest> {
  const { bucket, pause, owner, log } = options;
  let revision = await claim(bucket, owner);
  let running = 0;
  /** No chore begins. */
  let resting = true;
  let said: string | undefined;
  let lost = false;

  const say = async (state: UpkeepState): Promise<void> => {
    const written = await bucket.update(UPKEEP_KEY, encodeUpkeep(state), revision);
    if (written.kind === "written") {
      revision = written.revision;
      return;
    }
    const found = await bucket.get(UPKEEP_KEY);
    lost = found === undefined || decodeUpkeep(found.value).owner !== owner;
    // After a lost answer our own write looks like somebody else's.
    if (found !== undefined) revision = found.revision;
    throw new AppError("unavailable", lost ? "another process does the chores" : "cannot say that the chores rest yet");
  };

  const settle = async (): Promise<void> => {
    const wanted = pause.active();
    const isSettled = wanted === said && resting === (wanted !== undefined);
    // What is being done comes to its end first.
    if (lost || isSettled || running > 0) return;
    resting = true;
    await setExpiry(options, wanted === undefined);
    await say({ owner, ...(wanted === undefined ? {} : { paused: wanted }) });
    said = wanted;
    resting = wanted !== undefined;
  };

  let queue = Promise.resolve();
  const settleInTurn = (): Promise<void> => {
    queue = queue.then(settle).catch((thrown: unknown) => {
      log.warn({ error: AppError.from(thrown).message }, "the chores could not be made to rest, or to go on, yet");
    });
    return queue;
  };

  /** Whoever was frozen may have been replaced. While the bus is away nobody can ask for a pause. */
  const isOurs = async (): Promise<boolean> => {
    const found = await bucket.get(UPKEEP_KEY).catch(() => undefined);
    return found === undefined || decodeUpkeep(found.value).owner === owner;
  };

  await settleInTurn();
  const forget = pause.onChange(() => void settleInTurn());
  const endRetries = every(RETRY_MS, settleInTurn, { name: "rest of the chores", log, immediately: false });
  return {
    run: async (chore) => {
      const enough = () => resting || lost || pause.active() !== undefined;
      if (enough()) return;
      running += 1;
      try {
        if (await isOurs()) await chore(enough);
      } finally {
        running -= 1;
        if (running === 0) void settleInTurn();
      }
    },
    leave: async () => {
      forget();
      await endRetries();
      await queue;
      if (!lost) await say({ owner: "" }).catch(() => undefined);
    },
  };
}

async function claim(bucket: UpkeepRestOptions["bucket"], owner: string): Promise<number> {
  for (;;) {
    const found = await bucket.get(UPKEEP_KEY);
    const value = encodeUpkeep({ owner });
    const written =
      found === undefined
        ? await bucket.create(UPKEEP_KEY, value)
        : await bucket.update(UPKEEP_KEY, value, found.revision);
    if (written.kind === "written") return written.revision;
  }
}

async function setExpiry(options: UpkeepRestOptions, expires: boolean): Promise<void> {
  try {
    await options.setExpiry(expires);
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.retryable) throw error;
    // It may not be allowed to us, or the database be in the middle of a restore.
    options.log.warn({ expires, error: error.message }, "rows whose time is over could not be kept, or let go");
  }
}
