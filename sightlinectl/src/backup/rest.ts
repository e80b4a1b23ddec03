import { randomUUID } from "node:crypto";
import { AppError } from "@sightline/errors/app-error";
import { DEFAULT_TENANT } from "@sightline/model/tenant";
import type { Lane } from "@sightline/proto/sightline/storage/v1/maintenance_service";
import { every } from "@sightline/service/loop";
import type { Storage } from "./servers.ts";

/** Storage at rest: what is in the database stays as it is, what is sent waits on the bus. */
export interface Rest extends AsyncDisposable {
  readonly id: string;
  /** Where it rests. */
  readonly lanes: readonly Lane[];
  /** Aborts when storage may have gone on: what was done meanwhile is not of one moment. */
  readonly lost: AbortSignal;
  /** Does what storage is to rest for; throws when it may have gone on before the end. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Lets storage go on, as disposing does. Idempotent. */
  end(): Promise<void>;
}

export interface RestTimes {
  readonly renewMs: number;
  /** A pause that was not renewed for so long is over, as storage's own interface says. */
  readonly staleMs: number;
}

const TIMES: RestTimes = { renewMs: 4000, staleMs: 15_000 };
/** As long as a batch under way may take. */
const PAUSE_DEADLINE_MS = 60_000;
const CALL_DEADLINE_MS = 5000;

export interface RestOptions {
  /** Batches that are half written are not finished first: what they are written to is going to be replaced. */
  readonly atOnce: boolean;
  readonly signal: AbortSignal;
  readonly times?: RestTimes;
}

/** Makes storage rest until its end. Maintenance is for all tenants; the call's tenant means nothing. */
export async function restStorage(storage: Pick<Storage, "call">, options: RestOptions): Promise<Rest> {
  const { atOnce, signal, times = TIMES } = options;
  const { renewMs, staleMs } = times;
  const id = `sightlinectl-${randomUUID()}`;
  const call = { tenant: DEFAULT_TENANT, deadlineMs: CALL_DEADLINE_MS };
  // A pause that cannot be taken back ends by itself.
  const resume = () => storage.call("resumeWriting", { id }, call).catch(() => undefined);
  const lost = new AbortController();
  const lose = (why: string): void => lost.abort(new AppError("unavailable", `storage may have gone on: ${why}`));
  let askedAt = performance.now();
  let lanes: readonly Lane[];
  try {
    ({ lanes } = await storage.call(
      "pauseWriting",
      { id, atOnce },
      { ...call, deadlineMs: PAUSE_DEADLINE_MS, signal },
    ));
  } catch (thrown) {
    await resume();
    const { code, message } = AppError.from(thrown);
    throw new AppError(code, `cannot ask storage to rest: ${message}`, { cause: thrown });
  }
  // Waiting for the lanes, storage renews the pause by itself.
  askedAt = Math.max(askedAt, performance.now() - renewMs);

  const renew = async (): Promise<void> => {
    const startedAt = performance.now();
    const isOver = () => performance.now() - askedAt >= staleMs;
    try {
      const again = await storage.call("pauseWriting", { id, atOnce }, call);
      // It rests, but it may have gone on in between.
      if (isOver()) lose("it was not asked to rest for too long");
      else if (!areSame(lanes, again.lanes)) lose("it has written meanwhile");
      askedAt = startedAt;
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (!error.retryable || isOver()) lose(error.message);
    }
  };
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const endRenewals = every(renewMs, renew, { name: "rest of storage", log, immediately: false });
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> => {
    ended ??= endRenewals().then(async () => void (await resume()));
    return ended;
  };
  return {
    id,
    lanes,
    lost: lost.signal,
    during: async (work) => {
      try {
        const result = await work();
        await renew();
        return result;
      } finally {
        // Rather than how that was noticed.
        lost.signal.throwIfAborted();
      }
    },
    end,
    [Symbol.asyncDispose]: end,
  };
}

function areSame(before: readonly Lane[], now: readonly Lane[]): boolean {
  return before.every((lane) =>
    now.some(
      ({ name, incarnation, storedSequence }) =>
        name === lane.name && incarnation === lane.incarnation && storedSequence === lane.storedSequence,
    ),
  );
}

function nothing(): void {
  // What goes wrong is told by `lost`.
}
