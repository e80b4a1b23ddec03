import type { InboundRequest } from "../kind.ts";
import { hexHmac, isSameSecret } from "../signature.ts";

/** `X-Hub-Signature-256`: sha256= and the HMAC-SHA-256 of the body. */
export function verifyGithub({ header, body }: InboundRequest, secret: string): string | undefined {
  const signature = header("x-hub-signature-256");
  if (signature === undefined) return "x-hub-signature-256: got none, want the webhook to have the source's secret";
  const fits = isSameSecret(signature, `sha256=${hexHmac(secret, body)}`);
  return fits ? undefined : "x-hub-signature-256: it does not fit the body";
}
