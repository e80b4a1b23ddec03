import type { InboundRequest } from "../kind.ts";
import { verifySentKey } from "../sent-key.ts";
import { hexHmac, isSameSecret } from "../signature.ts";

/** As old as that a request may be by the time that it is signed with. */
const MAX_AGE_SECONDS = 300;
const timeHeader = "x-grafana-alerting-timestamp";

/**
 * Grafana signs since version 12 where a contact point has a secret: HMAC-SHA-256 of the body, or of a time, a colon and the body where it is
 * told to send `X-Grafana-Alerting-Timestamp`. Otherwise it can send a key.
 */
export function verifyGrafana(request: InboundRequest, secret: string, nowMs: number): string | undefined {
  const signature = request.header("x-grafana-alerting-signature");
  if (signature === undefined) return verifySentKey(request, secret);
  const seconds = request.header(timeHeader);
  if (seconds !== undefined && !(Math.abs(nowMs / 1000 - Number(seconds)) <= MAX_AGE_SECONDS)) {
    return `${timeHeader}: got ${JSON.stringify(seconds.slice(0, 32))}, want a time within five minutes of now`;
  }
  const want = hexHmac(secret, ...(seconds === undefined ? [] : [`${seconds}:`]), request.body);
  return isSameSecret(signature, want) ? undefined : "x-grafana-alerting-signature: it does not fit the body";
}
