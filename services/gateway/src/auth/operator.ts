import { AppError } from "@sightline/errors/app-error";
import { DEFAULT_TENANT } from "@sightline/model/tenant";
import type { Caller } from "./caller.ts";

/** Whether the caller runs the whole system: an administrator of the default tenant, which is there from the start. */
export function isOperator({ tenant, level }: Caller): boolean {
  return tenant === DEFAULT_TENANT && level === "admin";
}

/** Throws `permission_denied` when somebody who does not run the system wants to do that. */
export function assertOperator(caller: Caller, doing: string): void {
  if (isOperator(caller)) return;
  throw new AppError(
    "permission_denied",
    `cannot ${doing}: ${caller.name} administrates the tenant ${caller.tenant}, want an administrator of ${DEFAULT_TENANT}`,
  );
}
