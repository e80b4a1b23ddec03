const TWO_32 = 4294967296;
const SAFE_HIGH = 1 << 21;

/** The decimal text of a signed 64-bit integer given by its halves, both as signed 32-bit numbers. */
export function int64Text(low: number, high: number): string {
  if (high >= -SAFE_HIGH && high < SAFE_HIGH) return String(high * TWO_32 + (low >>> 0));
  return String((BigInt(high) << 32n) | BigInt(low >>> 0));
}
