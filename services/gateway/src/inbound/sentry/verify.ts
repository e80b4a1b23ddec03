import type { InboundRequest } from "../kind.ts";
import { hexHmac, isSameSecret } from "../signature.ts";

/** `Sentry-Hook-Signature`: the HMAC-SHA-256 of the body with the integration's client secret. */
export function verifySentry({ header, body }: InboundRequest, secret: string): string | undefined {
  const signature = header("sentry-hook-signature");
  if (signature === undefined) return "sentry-hook-signature: got none, want one by the integration's client secret";
  return isSameSecret(signature, hexHmac(secret, body)) ? undefined : "sentry-hook-signature: it does not fit the body";
}
