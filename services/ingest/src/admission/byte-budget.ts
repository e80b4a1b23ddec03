import { AppError, unavailable } from "@sightline/errors/app-error";

/** Bytes of requests held in memory, from their arrival to their answer, over all doors. */
export interface ByteBudget {
  /**
   * Takes bytes out of the budget.
   *
   * @param tenant whose they are
   * @returns gives them back; idempotent
   * @throws AppError asking to come back in a second: unavailable when too much is held already, resource_exhausted when
   * too much of it is this tenant's
   */
  take(bytes: number, tenant: string): () => void;
  /** Bytes held now. */
  held(): number;
}

export interface ByteBudgetOptions {
  readonly maxBytes: number;
  /** How much of it one tenant may hold, above 0 and up to 1. */
  readonly maxTenantShare: number;
}

/** A budget of that many bytes. A single request beyond it, or beyond its tenant's share, passes when nothing else is held. */
export function createByteBudget({ maxBytes, maxTenantShare }: ByteBudgetOptions): ByteBudget {
  const maxOfTenant = maxBytes * maxTenantShare;
  const heldBy = new Map<string, number>();
  let held = 0;
  const add = (bytes: number, tenant: string): void => {
    held += bytes;
    const ofTenant = (heldBy.get(tenant) ?? 0) + bytes;
    if (ofTenant === 0) heldBy.delete(tenant);
    else heldBy.set(tenant, ofTenant);
  };
  return {
    take: (bytes, tenant) => {
      if (held > 0 && held + bytes > maxBytes) {
        throw unavailable(
          `cannot take the request now: ${held} bytes of others are being handled, at most ${maxBytes}`,
        );
      }
      const ofTenant = heldBy.get(tenant) ?? 0;
      if (ofTenant > 0 && ofTenant + bytes > maxOfTenant) {
        throw new AppError(
          "resource_exhausted",
          `cannot take the request now: ${ofTenant} bytes of tenant ${tenant} are being handled, at most ${maxOfTenant}`,
          { retryable: true, retryAfterMs: 1000 },
        );
      }
      add(bytes, tenant);
      let given = false;
      return () => {
        if (!given) add(-bytes, tenant);
        given = true;
      };
    },
    held: () => held,
  };
}
