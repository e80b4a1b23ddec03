import type { InboundRequest } from "../kind.ts";
import { hexHmac, isSameSecret } from "../signature.ts";

const MAX_AGE_SECONDS = 300;

/**
 * `X-Slack-Signature`: `v0=` and the HMAC-SHA-256 of version, time and body by the app's signing secret
 * (docs.slack.dev, authentication/verifying-requests-from-slack).
 */
export function verifySlack({ header, body }: InboundRequest, secret: string, nowMs: number): string | undefined {
  const signature = header("x-slack-signature");
  if (signature === undefined) return "x-slack-signature: got none, want one by the app's signing secret";
  const seconds = header("x-slack-request-timestamp") ?? "";
  if (!/^\d{1,12}$/.test(seconds) || Math.abs(nowMs / 1000 - Number(seconds)) > MAX_AGE_SECONDS) {
    const got = JSON.stringify(seconds.slice(0, 32));
    return `x-slack-request-timestamp: got ${got}, want a time within five minutes of now`;
  }
  const fits = isSameSecret(signature, `v0=${hexHmac(secret, `v0:${seconds}:`, body)}`);
  return fits ? undefined : "x-slack-signature: it does not fit the body";
}
