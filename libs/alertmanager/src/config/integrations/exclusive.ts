import type { Fail } from "../codec.ts";
import { howMany } from "../tls-config.ts";

/** Tells of two values of which only one may be there. */
export function atMostOne(fail: Fail, keys: readonly [string, string], ...values: readonly unknown[]): void {
  if (howMany(...values) > 1) fail(`at most one of ${keys.join(" & ")} must be configured`, keys[1]);
}

/** Tells of two values of which one has to be there. */
export function atLeastOne(fail: Fail, keys: readonly [string, string], ...values: readonly unknown[]): void {
  if (howMany(...values) === 0) fail(`one of ${keys.join(" or ")} must be configured`);
}
