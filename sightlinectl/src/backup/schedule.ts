import { once } from "node:events";
import { AppError } from "@sightline/errors/app-error";
import { Cron } from "croner";
import type { Context } from "../context.ts";
import { UsageError } from "../usage-error.ts";

/**
 * Runs a job at the times of a cron pattern, in UTC, until interrupted. A run that fails is told of, and the next comes
 * all the same; one that takes longer than until the next makes that one be left out.
 */
export async function atTimes(pattern: string, job: () => Promise<void>, { out, signal }: Context): Promise<void> {
  let cron: Cron;
  try {
    cron = new Cron(pattern, { timezone: "UTC", protect: true, paused: true }, async () => {
      try {
        await job();
      } catch (thrown) {
        out.note(AppError.from(thrown).message);
      }
      tellNext();
    });
  } catch (cause) {
    throw new UsageError(`cannot use the times ${JSON.stringify(pattern)}: ${AppError.from(cause).message}`, { cause });
  }
  if (cron.nextRun() === null) throw new UsageError(`cannot use the times ${JSON.stringify(pattern)}: they never come`);
  const tellNext = () => out.note(`next at ${cron.nextRun()?.toISOString() ?? "no time"}`);
  tellNext();
  cron.resume();
  if (!signal.aborted) await once(signal, "abort");
  cron.stop();
}
