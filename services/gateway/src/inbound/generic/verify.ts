import { createHmac } from "node:crypto";
import type { InboundRequest } from "../kind.ts";
import { verifySentKey } from "../sent-key.ts";
import { isSameSecret } from "../signature.ts";

const MAX_AGE_SECONDS = 300;

/** Standard Webhooks (version 1) where the sender signs so, as our own webhooks do; otherwise the secret as a key. */
export function verifyGeneric(request: InboundRequest, secret: string, nowMs: number): string | undefined {
  const signatures = request.header("webhook-signature");
  if (signatures === undefined) return verifySentKey(request, secret);
  const id = request.header("webhook-id") ?? "";
  const seconds = request.header("webhook-timestamp") ?? "";
  if (!(seconds !== "" && Math.abs(nowMs / 1000 - Number(seconds)) <= MAX_AGE_SECONDS)) {
    return `webhook-timestamp: got ${JSON.stringify(seconds.slice(0, 32))}, want a time within five minutes of now`;
  }
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : secret;
  const hmac = createHmac("sha256", key).update(`${id}.${seconds}.`).update(request.body);
  const want = `v1,${hmac.digest("base64")}`;
  const fits = signatures
    .split(" ", 16)
    .map((signature) => isSameSecret(signature, want))
    .includes(true);
  return fits ? undefined : "webhook-signature: it does not fit the body";
}
