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
}

const RENEW_MS = 4000;
/** As long as a batch under way may take. */
const PAUSE_DEADLINE_MS = 60_000;

/** Makes storage rest until disposed of. Maintenance is for all tenants; the call's tenant means nothing. */
export async function restStorage(storage: Storage, signal: AbortSignal): Promise<Rest> {
  const id = `sightlinectl-${randomUUID()}`;
  const call = { tenant: DEFAULT_TENANT, deadlineMs: PAUSE_DEADLINE_MS };
  const resume = () => storage.call("resumeWriting", { id }, call);
  const lost = new AbortController();
  const renew = async (): Promise<void> => {
    try {
      await storage.call("pauseWriting", { id }, call);
    } catch (thrown) {
      lost.abort(new AppError("unavailable", `storage may not rest any more: ${AppError.from(thrown).message}`));
    }
  };
  try {
    const { lanes } = await storage.call("pauseWriting", { id }, { ...call, signal });
    const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
    const endRenewals = every(RENEW_MS, renew, { name: "rest of storage", log, immediately: false });
    return {
      id,
      lanes,
      lost: lost.signal,
      [Symbol.asyncDispose]: async () => {
        await endRenewals();
        await resume();
      },
    };
  } catch (thrown) {
    await resume().catch(nothing);
    throw thrown;
  }
}

function nothing(): void {
  // A pause that cannot be taken back ends by itself.
}
