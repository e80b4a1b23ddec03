import { createHash } from "node:crypto";

/**
 * SHA-256 of a text, hexadecimal: receivers bound how long their keys for deduplication may be, and group keys are not
 * (Alertmanager's Key.Hash, notify/util.go).
 */
export function groupHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
