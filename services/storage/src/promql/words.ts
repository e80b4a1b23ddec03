/** Values of 64 bits, each in two words, the lower one first. */
export type Words = Uint32Array;

export function wordsOf({ buffer, byteOffset, length }: BigUint64Array | Float64Array): Words {
  return new Uint32Array(buffer, byteOffset, length * 2);
}
