import type { InboundRequest } from "../kind.ts";
import { hexHmac, isSameSecret } from "../signature.ts";

/** `X-PagerDuty-Signature`: `v1=` and the HMAC-SHA-256 of the body, once for each secret while it is changed. */
export function verifyPagerduty({ header, body }: InboundRequest, secret: string): string | undefined {
  const signatures = header("x-pagerduty-signature");
  if (signatures === undefined) return "x-pagerduty-signature: got none, want one by the subscription's secret";
  const want = `v1=${hexHmac(secret, body)}`;
  const fits = signatures
    .split(",", 16)
    .map((signature) => isSameSecret(signature.trim(), want))
    .includes(true);
  return fits ? undefined : "x-pagerduty-signature: it does not fit the body";
}
