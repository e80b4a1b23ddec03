import { AppError } from "@sightline/errors/app-error";
import type { TenantGate, Use } from "./tenant-gate.ts";

/**
 * Takes a request off its tenant's rates and does the work that this is for. What could not be done for an outage of ours
 * is given back: a sender that is asked to come back has not sent too much when it does.
 *
 * @throws AppError resource_exhausted, with nothing done; or what the work throws
 */
export async function charged<T>(
  gate: Pick<TenantGate, "charge" | "giveBack">,
  { tenant, use }: { readonly tenant: string; readonly use: Use },
  work: () => Promise<T>,
): Promise<T> {
  gate.charge(tenant, use);
  try {
    return await work();
  } catch (thrown) {
    if (AppError.from(thrown).code === "unavailable") gate.giveBack(tenant, use);
    throw thrown;
  }
}
