/**
 * A serialized request with gRPC's five bytes before it (compressed flag, length), as it goes out; made once and stamped
 * anew for every sending, which costs next to nothing beside what the receiver does with it.
 */
export interface Frame {
  readonly bytes: Buffer;
  readonly records: number;
  /**
   * Gives every record its number, counted on from `firstSequence`, and the time it is sent. Not while the frame is
   * being sent.
   */
  stamp(firstSequence: number, now: Time): void;
}

/** A moment, as protobuf's fixed64 of nanoseconds since the Unix epoch has it: two halves. */
export interface Time {
  readonly low: number;
  readonly high: number;
}

/** What a request becomes a frame of: the payload keeps its places, five bytes further on. */
export const FRAME_HEAD = 5;

export function frameOf(request: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafeSlow(FRAME_HEAD + request.length);
  bytes.writeUInt8(0, 0);
  bytes.writeUInt32BE(request.length, 1);
  bytes.set(request, FRAME_HEAD);
  return bytes;
}

export function timeOfMs(ms: number): Time {
  const nanos = BigInt(Math.floor(ms)) * 1_000_000n;
  return { low: Number(nanos & 0xffff_ffffn), high: Number(nanos >> 32n) };
}

/** Writes a fixed64: the time less so many nanoseconds, at most 2^31. */
export function writeTime(bytes: Buffer, at: number, { low, high }: Time, beforeNanos: number): void {
  const rest = low - beforeNanos;
  bytes.writeUInt32LE(rest >>> 0, at);
  bytes.writeUInt32LE(rest < 0 ? high - 1 : high, at + 4);
}

/** Numbers become marks that look random, as ids do, and are all different: each half is a one-to-one mixture. */
export interface Marker {
  /** Eight bytes. */
  write(bytes: Buffer, at: number, sequence: number): void;
  /** The same as sixteen hexadecimal digits. */
  writeHex(bytes: Buffer, at: number, sequence: number): void;
}

const HEX = Buffer.from("0123456789abcdef", "latin1");

/** Marks of one run of the load: those of another run are different. */
export function createMarker(run: number): Marker {
  const salt = mix(run + 1);
  const upper = (sequence: number) => mix(sequence ^ salt);
  const lower = (half: number) => mix(half ^ salt) ^ run;
  return {
    write: (bytes, at, sequence) => {
      const half = upper(sequence);
      bytes.writeInt32BE(half, at);
      bytes.writeInt32BE(lower(half), at + 4);
    },
    writeHex: (bytes, at, sequence) => {
      const half = upper(sequence);
      writeHexOf(bytes, at, half);
      writeHexOf(bytes, at + 8, lower(half));
    },
  };
}

function writeHexOf(bytes: Buffer, at: number, half: number): void {
  for (let digit = 0; digit < 8; digit++) bytes[at + digit] = HEX[(half >>> (28 - 4 * digit)) & 15] ?? 0;
}

/** The finalizer of MurmurHash3 (Austin Appleby, public domain), which is one-to-one. */
export function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
