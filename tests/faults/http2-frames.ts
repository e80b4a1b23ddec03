// Frames of HTTP/2 by hand (RFC 9113 §4, §6): no library sends what these tests send.
const HEAD_BYTES = 9;
const TYPES = { data: 0, headers: 1, priority: 2, reset: 3, settings: 4, ping: 6, continuation: 9 } as const;
const END_HEADERS = 4;
const CANCEL = 8;

export interface Frame {
  readonly type: keyof typeof TYPES;
  readonly flags?: number;
  readonly stream?: number;
  readonly payload?: Uint8Array;
}

export function frame({ type, flags = 0, stream = 0, payload = new Uint8Array() }: Frame): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes.writeUInt8(TYPES[type], 3);
  bytes.writeUInt8(flags, 4);
  bytes.writeUInt32BE(stream, 5);
  bytes.set(payload, HEAD_BYTES);
  return bytes;
}

/** What a connection begins with. */
export const opening = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame({ type: "settings" })]);

/** Header fields as literals that are not indexed (RFC 7541 §6.2.2), names and values of less than 127 bytes. */
export function fields(pairs: readonly (readonly [name: string, value: string])[]): Buffer {
  const parts = pairs.flatMap(([name, value]) => [
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
  return Buffer.concat(parts);
}

/** A request that has begun, of a call whose caller does not say who it is. */
export function begin(stream: number, path: string): Buffer {
  const payload = fields([
    [":method", "POST"],
    [":scheme", "http"],
    [":path", path],
    [":authority", "flood"],
    ["content-type", "application/grpc"],
  ]);
  return frame({ type: "headers", flags: END_HEADERS, stream, payload });
}

export function reset(stream: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(CANCEL);
  return frame({ type: "reset", stream, payload });
}
