import { createHmac, timingSafeEqual } from "node:crypto";

/** HMAC-SHA-256, hex. */
export function hexHmac(secret: string | Uint8Array, ...parts: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac("sha256", secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

/** Whether two texts are the same, in a time that does not depend on where they differ. */
export function isSameSecret(got: string, want: string): boolean {
  const [left, right] = [Buffer.from(got), Buffer.from(want)];
  return left.length === right.length && timingSafeEqual(left, right);
}
