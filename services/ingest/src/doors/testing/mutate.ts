import type { Random } from "@sightline/testkit/random";

type Mutation = (bytes: Buffer, random: Random) => Buffer;

/** For tests: the ways in which a request breaks: on the wire, in a bad encoder, by somebody's intent. */
const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  // A bit.
  (bytes, random) => {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    return bytes;
  },
  // A byte: any, or one of those that mean something.
  (bytes, random) => {
    bytes[random.below(bytes.length)] = random.pick([0, 0x7f, 0x80, 0xff, 0x22, 0x5b, 0x7b, random.below(256)]);
    return bytes;
  },
  // The end is missing.
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  // The beginning is missing.
  (bytes, random) => bytes.subarray(random.below(bytes.length)),
  // Something in between.
  (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(16)), bytes.subarray(at)]);
  },
  // A part twice.
  (bytes, random) => {
    const from = random.below(bytes.length);
    const to = from + random.below(bytes.length - from);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  // A part missing.
  (bytes, random) => {
    const from = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + random.below(bytes.length - from))]);
  },
  // A length, or anything else, that is far too large.
  (bytes, random) => {
    const at = random.below(bytes.length);
    const large = Buffer.from([0xff, 0xff, 0xff, 0xff, random.pick([0x01, 0x07, 0x7f, 0xff])]);
    return Buffer.concat([bytes.subarray(0, at), large, bytes.subarray(at + random.below(5))]);
  },
];

/** The bytes, broken in one to three ways. */
export function mutate(bytes: Uint8Array, random: Random): Buffer {
  let broken: Buffer = Buffer.from(bytes);
  for (let times = 1 + random.below(3); times > 0 && broken.length > 0; times--) {
    broken = random.pick(MUTATIONS)(broken, random);
  }
  return Buffer.from(broken);
}
