import type { KeyVerifier } from "@sightline/auth/verify-key";
import { AppError } from "@sightline/errors/app-error";
import { bearerToken } from "@sightline/rpc/handlers";
import type { AdmitForwarded } from "@sightline/rpc/server";
import { callerOfKey } from "./auth/authenticate.ts";
import { type Level, mayUse } from "./auth/caller.ts";

/** The verbs of methods that change nothing. */
const reads = /^(get|list|search|query|read|count|export|preview|explain)(?=[A-Z])|^backtest$/;

/** What only reads, but what not everybody is to see: where people can be reached, and what other tenants have. */
const guarded: ReadonlySet<string> = new Set(["listContacts", "listAllDeadLetters"]);

/** What a gRPC method demands of its caller, by its name: whatever is not known to only read, may change something. */
export function accessOfMethod(method: string): Level {
  return reads.test(method) && !guarded.has(method) ? "query" : "edit";
}

/** The service that answers has its own deadlines; a public caller may wait as long as the longest of them. */
const deadlineMs = 300_000;

/** Admits calls of the public gRPC door by their API key: for its tenant, in its name, and for what its scope allows. */
export function createGrpcAdmit(keys: KeyVerifier): AdmitForwarded {
  return async ({ metadata }, method) => {
    const caller = await callerOfKey(keys, bearerToken(metadata));
    if (!mayUse(caller, accessOfMethod(method))) {
      throw new AppError(
        "permission_denied",
        `cannot call ${method}: got ${caller.name}, want a key with the scope admin`,
      );
    }
    return { tenant: caller.tenant, userId: caller.name, deadlineMs };
  };
}
