import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { createRandom, type Random } from "@sightline/testkit/random";
import { JSON_REQUESTS, type JsonField, type JsonMessage, type Scalar } from "../json-schema.ts";
import type { OtlpSignal } from "../shapes.ts";

/**
 * A request as no encoder in its right mind would send it, but still a valid one: any field may be missing or at the
 * edge of its range, fields stand in any order with unknown ones between them, varints are longer than they must be.
 */
export function arbitraryRequest(signal: OtlpSignal, random: Random): Uint8Array {
  return arbitraryMessage(JSON_REQUESTS[signal], random, 0);
}

/** Every prefix of some requests, and thousands with some bytes flipped. */
export function* brokenRequests(signal: OtlpSignal): Generator<Uint8Array> {
  const random = createRandom(99);
  for (let seed = 1; seed <= 40; seed++) {
    const request = Buffer.from(arbitraryRequest(signal, createRandom(seed)));
    if (request.length > 20_000) continue;
    for (let end = 0; end < request.length; end += 1 + (request.length >> 7)) yield request.subarray(0, end);
    for (let i = 0; i < 100 && request.length > 0; i++) {
      const flipped = Buffer.from(request);
      for (let flips = random.below(3); flips >= 0; flips--) {
        const at = random.below(flipped.length);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
      }
      yield flipped;
    }
  }
}

/** Deeper than this no more messages are put into messages of the same kind. */
const MAX_DEPTH = 9;

function arbitraryMessage(message: JsonMessage, random: Random, depth: number): Uint8Array {
  const fields: Uint8Array[] = [];
  for (const [name, field] of chosen(message, random, depth)) {
    if (field.repeated) fields.push(...arbitraryList(name, field, random, depth));
    else if (!random.oneIn(8)) fields.push(arbitraryField(name, field, random, depth));
  }
  if (random.oneIn(4)) fields.push(unknownField(random));
  return Buffer.concat(shuffled(fields, random));
}

/** All fields of a message; of a oneof mostly one. */
function chosen(message: JsonMessage, random: Random, depth: number): [string, JsonField][] {
  const fields = Object.entries(message).filter(([, { type }]) => depth < MAX_DEPTH || typeof type === "string");
  const isOneof = ([name]: [string, JsonField]) => /Value$|^as[DI]/.test(name) || DATA.has(name);
  const oneof = fields.filter(isOneof);
  const rest = fields.filter((field) => !isOneof(field));
  const [first] = shuffled(oneof, random);
  return first === undefined ? rest : [...rest, first];
}

const DATA: ReadonlySet<string> = new Set(["gauge", "sum", "histogram", "exponentialHistogram", "summary"]);

/** The order of equal fields means something: they move together. */
function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random.fraction() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

function arbitraryList(name: string, field: JsonField, random: Random, depth: number): Uint8Array[] {
  const length = random.oneIn(50) ? 40 : random.below(4);
  const { type } = field;
  const isPacked = typeof type === "string" && type !== "string" && !random.oneIn(3);
  if (!isPacked) {
    return [Buffer.concat(Array.from({ length }, () => arbitraryField(name, field, random, depth)))];
  }
  const values = Array.from({ length }, () => arbitraryScalar(name, type, random));
  return [lengthField(field.number, Buffer.concat(values), random)];
}

function arbitraryField(name: string, field: JsonField, random: Random, depth: number): Uint8Array {
  const { number, type } = field;
  if (typeof type !== "string") {
    return lengthField(number, arbitraryMessage(type(), random, depth + 1), random);
  }
  const value = arbitraryScalar(name, type, random);
  return isLengthDelimited(type)
    ? lengthField(number, value, random)
    : Buffer.concat([varint(number * 8 + wireTypeOf(type), random), value]);
}

function isLengthDelimited(type: Scalar): boolean {
  return type === "string" || type === "bytes" || type === "id";
}

function lengthField(number: number, payload: Uint8Array, random: Random): Uint8Array {
  return Buffer.concat([
    varint(number * 8 + WireType.LengthDelimited, random),
    varint(payload.length, random),
    payload,
  ]);
}

/** A varint, now and then longer than it must be. */
function varint(value: number, random: Random): Uint8Array {
  const bytes = [...new BinaryWriter().uint32(value).finish()];
  if (random.oneIn(40) && bytes.length < 5) bytes.push(0x80 | (bytes.pop() ?? 0), 0x80, 0);
  return Buffer.from(bytes);
}

function unknownField(random: Random): Uint8Array {
  const number = random.pick([17, 99, 2000, 536_870_911]);
  return random.pick([
    () => lengthField(number, random.bytes(random.below(200)), random),
    () => Buffer.concat([varint(number * 8 + WireType.Varint, random), varint(random.below(2 ** 31), random)]),
    () => Buffer.concat([varint(number * 8 + WireType.Bit64, random), random.bytes(8)]),
    () => Buffer.concat([varint(number * 8 + WireType.Bit32, random), random.bytes(4)]),
  ])();
}

function wireTypeOf(type: Scalar): WireType {
  switch (type) {
    case "double":
    case "fixed64":
    case "sfixed64":
      return WireType.Bit64;
    case "fixed32":
      return WireType.Bit32;
    default:
      return WireType.Varint;
  }
}

const STRINGS = ["", "a", "GET", "service.name", "http.route", "größer €", 'a "quoted\\"\n\t\u0001', "𝄞 clef"] as const;
const INT64S = [
  0n,
  1n,
  -1n,
  42n,
  8080n,
  -(2n ** 31n),
  2n ** 31n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
] as const;
const TIMES = [
  0n,
  1n,
  1_700_000_000_123_456_789n,
  1_544_712_660_300_000_000n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
] as const;
const DOUBLES = [
  0,
  -0,
  1,
  -1.5,
  637.704,
  1e21,
  1e-7,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
] as const;

/** The value alone, without tag and length. */
function arbitraryScalar(name: string, type: Scalar, random: Random): Uint8Array {
  const writer = new BinaryWriter();
  switch (type) {
    case "string":
      return Buffer.from(name === "key" && random.oneIn(8) ? "prometheus.type" : arbitraryText(random));
    case "bytes":
      return random.bytes(random.below(20));
    case "id":
      return arbitraryId(name, random);
    case "bool":
      return writer.bool(random.oneIn(2)).finish();
    case "enum":
      return writer.int32(random.oneIn(10) ? random.pick([7, 255, 256, -1]) : random.below(5)).finish();
    case "int32":
      return writer.int32(random.below(100) - 50).finish();
    case "sint32":
      return writer.sint32(random.below(100) - 50).finish();
    case "uint32":
      return writer.uint32(random.pick([0, 1, 2, 300, 4_294_967_295])).finish();
    case "fixed32":
      return writer.fixed32(random.pick([0, 1, 0x101, 4_294_967_295])).finish();
    case "int64":
      return writer.int64(random.oneIn(2) ? random.below(100_000) : random.pick(INT64S)).finish();
    case "uint64":
      return writer.uint64(BigInt.asUintN(64, random.pick(INT64S))).finish();
    case "sfixed64":
      return writer.sfixed64(random.pick(INT64S)).finish();
    case "fixed64":
      return writer
        .fixed64(name.startsWith("time") || random.oneIn(2) ? random.pick(TIMES) : BigInt(random.below(1000)))
        .finish();
    case "double":
      return writer.double(random.oneIn(2) ? random.pick(DOUBLES) : random.fraction() * 1000).finish();
  }
}

function arbitraryText(random: Random): string {
  if (random.oneIn(20)) return "x".repeat(random.pick([7, 8, 127, 128, 159, 160, 161, 20_000]));
  if (random.oneIn(4)) return `value ${random.below(1000)}`;
  return random.pick(STRINGS);
}

function arbitraryId(name: string, random: Random): Uint8Array {
  const size = name === "traceId" ? 16 : 8;
  if (random.oneIn(10)) return random.bytes(random.below(20));
  return random.oneIn(10) ? Buffer.alloc(size) : random.bytes(size);
}
