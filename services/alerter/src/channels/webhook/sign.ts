import { createHmac } from "node:crypto";

export interface SigningOptions {
  /** The same for each attempt, so that the receiver can tell a repetition. */
  readonly id: string;
  readonly nowMs: number;
  readonly secret: string;
}

/**
 * The headers that sign a message (Standard Webhooks, version 1): HMAC-SHA-256 of id, time and body, each after a point.
 * The time is signed too, so that an old message cannot be sent again by somebody else.
 */
export function signatureHeaders(body: string, { id, nowMs, secret }: SigningOptions): Record<string, string> {
  const seconds = String(Math.floor(nowMs / 1000));
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : secret;
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": `v1,${signature}` };
}
