import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { type AppError, invalid } from "@sightline/errors/app-error";
import { JSON_REQUESTS, type JsonField, type JsonMessage, type Scalar } from "./json-schema.ts";
import { mayHoldLongInteger } from "./long-integer.ts";
import { shallowJson } from "./shallow-json.ts";
import type { OtlpSignal } from "./shapes.ts";

/**
 * How deep a request is read; the recursion below stays bounded. Only values can be deeper, and what lies deeper in them is
 * left out: it is far beyond what a value may be nested (three messages to each of MAX_VALUE_DEPTH levels), so that
 * validation refuses their records, and leaves the neighbours.
 */
const MAX_DEPTH = 400;

/** The same for brackets in the text, of which each of these messages has at most two. */
const MAX_BRACKETS = 2 * MAX_DEPTH;

/**
 * An Export*ServiceRequest in OTLP's JSON as protobuf (opentelemetry-proto docs/specification.md, "JSON Protobuf
 * Encoding"): ids in hex of any case, other bytes in base64, enums as integers only, names in lowerCamelCase only,
 * 64-bit integers as text or number, unknown fields passed over.
 *
 * @throws AppError invalid_argument that names the path in the JSON
 */
export function requestFromJson(signal: OtlpSignal, body: Uint8Array): Uint8Array {
  const writer = new BinaryWriter();
  writeMessage(writer, JSON_REQUESTS[signal], parseJson(body), { path: "", depth: 0 });
  return writer.finish();
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(body: Uint8Array): unknown {
  try {
    const text = utf8.decode(body);
    return mayHoldLongInteger(text) ? parseExactly(text) : JSON.parse(text);
  } catch (cause) {
    throw invalid(`cannot read the JSON request: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

/** JSON with integers of any length. A reviver works its way down by recursion, which ends where the stack does. */
function parseExactly(text: string): unknown {
  try {
    return JSON.parse(text, exactInteger);
  } catch (cause) {
    if (cause instanceof RangeError) return JSON.parse(shallowJson(text, MAX_BRACKETS), exactInteger);
    throw cause;
  }
}

/**
 * A reviver that leaves an integer beyond what a double holds exactly as the text it was (TC39, "JSON.parse source text
 * access"; TypeScript does not know its third argument yet).
 */
function exactInteger(_key: string, value: unknown, ...[context]: readonly { readonly source?: string }[]): unknown {
  const isInexact = typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "");
  return isInexact ? context?.source : value;
}

interface Place {
  readonly path: string;
  readonly depth: number;
}

function writeMessage(writer: BinaryWriter, message: JsonMessage, value: unknown, { path, depth }: Place): void {
  if (!isObject(value)) throw wrong(path, value, "an object");
  if (depth > MAX_DEPTH) return;
  for (const [name, held] of Object.entries(value)) {
    const field = Object.hasOwn(message, name) ? message[name] : undefined;
    if (field === undefined || held === null) continue;
    const place = { path: path === "" ? name : `${path}.${name}`, depth: depth + 1 };
    if (!field.repeated) writeField(writer, field, held, place);
    else if (Array.isArray(held)) writeList(writer, field, held, place);
    else throw wrong(place.path, held, "an array");
  }
}

function writeList(writer: BinaryWriter, field: JsonField, values: readonly unknown[], { path, depth }: Place): void {
  const { number, type } = field;
  if (typeof type === "function") {
    values.forEach((value, at) => {
      writeField(writer, field, value, { path: `${path}[${at}]`, depth });
    });
    return;
  }
  // All repeated scalars of OTLP are numbers, which proto3 packs.
  writer.uint32(number * 8 + WireType.LengthDelimited).fork();
  values.forEach((value, at) => {
    writeScalar(writer, type, value, `${path}[${at}]`);
  });
  writer.join();
}

function writeField(writer: BinaryWriter, { number, type }: JsonField, value: unknown, place: Place): void {
  if (typeof type === "function") {
    writer.uint32(number * 8 + WireType.LengthDelimited).fork();
    writeMessage(writer, type(), value, place);
    writer.join();
    return;
  }
  writer.uint32(number * 8 + wireTypes[type]);
  writeScalar(writer, type, value, place.path);
}

const wireTypes: Readonly<Record<Scalar, WireType>> = {
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
  id: WireType.LengthDelimited,
  bool: WireType.Varint,
  enum: WireType.Varint,
  int32: WireType.Varint,
  sint32: WireType.Varint,
  uint32: WireType.Varint,
  fixed32: WireType.Bit32,
  int64: WireType.Varint,
  uint64: WireType.Varint,
  fixed64: WireType.Bit64,
  sfixed64: WireType.Bit64,
  double: WireType.Bit64,
};

function writeScalar(writer: BinaryWriter, type: Scalar, value: unknown, path: string): void {
  switch (type) {
    case "string":
      if (typeof value !== "string") throw wrong(path, value, "a string");
      writer.string(value);
      break;
    case "bytes":
      writer.bytes(readBase64(value, path));
      break;
    case "id":
      writer.bytes(readHex(value, path));
      break;
    case "bool":
      if (typeof value !== "boolean") throw wrong(path, value, "true or false");
      writer.bool(value);
      break;
    case "double":
      writer.double(readDouble(value, path));
      break;
    case "enum":
      if (typeof value !== "number") throw wrong(path, value, "the number of an enum, not its name");
      writer.int32(Number(readInteger(value, path, INT32)));
      break;
    case "int32":
      writer.int32(Number(readInteger(value, path, INT32)));
      break;
    case "sint32":
      writer.sint32(Number(readInteger(value, path, INT32)));
      break;
    case "uint32":
      writer.uint32(Number(readInteger(value, path, UINT32)));
      break;
    case "fixed32":
      writer.fixed32(Number(readInteger(value, path, UINT32)));
      break;
    case "int64":
      writer.int64(readInteger(value, path, INT64));
      break;
    case "uint64":
      writer.uint64(readInteger(value, path, UINT64));
      break;
    case "fixed64":
      writer.fixed64(readInteger(value, path, UINT64));
      break;
    case "sfixed64":
      writer.sfixed64(readInteger(value, path, INT64));
      break;
  }
}

type Bounds = readonly [least: bigint, most: bigint];

const INT32: Bounds = [-(2n ** 31n), 2n ** 31n - 1n];
const UINT32: Bounds = [0n, 2n ** 32n - 1n];
const INT64: Bounds = [-(2n ** 63n), 2n ** 63n - 1n];
const UINT64: Bounds = [0n, 2n ** 64n - 1n];

function readInteger(value: unknown, path: string, [least, most]: Bounds): bigint {
  const isInteger =
    (typeof value === "number" && Number.isInteger(value)) || (typeof value === "string" && /^-?\d{1,20}$/.test(value));
  const integer = isInteger ? BigInt(value) : undefined;
  if (integer === undefined || integer < least || integer > most) {
    throw wrong(path, value, `an integer from ${least} to ${most}`);
  }
  return integer;
}

const namedDoubles: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

function readDouble(value: unknown, path: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "string") {
    const named = namedDoubles[value];
    if (named !== undefined) return named;
    if (value.trim() !== "" && Number.isFinite(Number(value))) return Number(value);
  }
  throw wrong(path, value, "a number");
}

function readHex(value: unknown, path: string): Uint8Array {
  if (typeof value === "string" && value.length % 2 === 0 && /^[0-9a-f]*$/i.test(value))
    return Buffer.from(value, "hex");
  throw wrong(path, value, "hex digits");
}

function readBase64(value: unknown, path: string): Uint8Array {
  if (typeof value === "string" && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) return Buffer.from(value, "base64");
  throw wrong(path, value, "base64");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(path: string, got: unknown, want: string): AppError {
  return invalid(`cannot read ${path === "" ? "the request" : path}: got ${textOf(got)}, want ${want}`);
}

/** Objects and arrays only by what they are: they may be as long and deep as the whole request. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (isObject(value)) return "an object";
  return JSON.stringify(typeof value === "string" ? value.slice(0, 100) : value) ?? "nothing";
}
