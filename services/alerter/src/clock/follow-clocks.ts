import { readFileSync } from "node:fs";
import { openBusClock } from "@sightline/bus/bus-clock";
import type { Bus } from "@sightline/bus/connect";
import { unavailable } from "@sightline/errors/app-error";
import { CLOCK_TOLERANCE_MS, createAgreedClock } from "@sightline/model/agreed-clock";
import type { Clock } from "@sightline/model/time";
import type { Sql } from "@sightline/postgres/pool";
import type { Logger } from "@sightline/service/logger";
import { every } from "@sightline/service/loop";
import { z } from "zod";
import type { AlerterMetrics } from "../metrics.ts";
import { createReadClock, type OtherClock } from "./read-clock.ts";

const readTimeSql = readFileSync(new URL("./sql/read-time.sql", import.meta.url), "utf8");

const timeRow = z.object({ unix_ms: z.number() });

/** How soon it is noticed that a clock was set. The time goes on steadily until then. */
const INTERVAL_MS = 5000;

export interface FollowClocksOptions {
  /** The time of day on this machine. */
  readonly wall: Clock;
  readonly others: readonly OtherClock[];
  readonly log: Logger;
  readonly metrics: Pick<AlerterMetrics, "clockAhead">;
  readonly signal: AbortSignal;
}

export interface FollowedClocks {
  /** The time that most clocks show: when rules are evaluated, what has lasted how long, who is to be told when. */
  readonly clock: Clock;
  /** Ends comparing. */
  close(): Promise<void>;
}

/** Tells the time that most of this machine's clock and the others show; by them from the beginning, as far as they answer in time. */
export async function followClocks(options: FollowClocksOptions): Promise<FollowedClocks> {
  const { wall, log, metrics, signal } = options;
  const steadyMs = () => performance.now();
  const agreed = createAgreedClock({ wall, steadyMs });
  const others = options.others.map((other) => ({ ...other, readNow: createReadClock(other, steadyMs) }));
  let isFollowed = true;

  const compare = async (): Promise<void> => {
    const shown = await Promise.all(others.map(async ({ name, readNow }) => ({ name, reading: await readNow() })));
    agreed.agree(shown.flatMap(({ reading }) => reading ?? []));
    const originMs = agreed.clock() - steadyMs();
    for (const { name, reading } of shown) {
      if (reading === undefined) metrics.clockAhead.remove({ clock: name });
      else metrics.clockAhead.set({ clock: name }, (reading.unixMs - reading.steadyMs - originMs) / 1000);
    }
    const aheadMs = Math.round(wall() - agreed.clock());
    metrics.clockAhead.set({ clock: "own" }, aheadMs / 1000);
    const follows = Math.abs(aheadMs) < CLOCK_TOLERANCE_MS;
    if (follows !== isFollowed) say(follows, aheadMs);
    isFollowed = follows;
  };
  const say = (follows: boolean, aheadMs: number): void => {
    if (follows) log.info({}, "this machine's clock agrees with the others again");
    else log.warn({ aheadMs }, "this machine's clock is not what the others show: theirs counts");
  };

  await compare();
  const close = every(INTERVAL_MS, compare, { name: "clocks", log, signal, immediately: false });
  return { clock: agreed.clock, close };
}

/** The clocks beside this machine's own: those of the servers that all replicas share. */
export async function sharedClocks(
  sql: Sql,
  bus: Bus,
  { replicas }: { readonly replicas: number },
): Promise<OtherClock[]> {
  return [
    {
      name: "postgres",
      read: async () => {
        const [row] = await sql.query(readTimeSql, [], timeRow);
        if (row === undefined) throw unavailable("cannot read the clock of Postgres: got no row, want one");
        return row.unix_ms;
      },
    },
    { name: "bus", read: await openBusClock(bus, { replicas }) },
  ];
}
