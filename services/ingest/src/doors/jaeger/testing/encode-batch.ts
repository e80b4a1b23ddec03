import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Thrift } from "thriftrw";

const idl = createRequire(import.meta.url).resolve("jaeger-client/dist/src/jaeger-idl/thrift/jaeger.thrift");
const thrift = new Thrift({ source: readFileSync(idl, "utf8"), allowOptionalArguments: true });

export type TagType = "STRING" | "DOUBLE" | "BOOL" | "LONG" | "BINARY";

export interface TagFields {
  readonly key: string;
  readonly vType: TagType;
  readonly vStr?: string;
  readonly vDouble?: number;
  readonly vBool?: boolean;
  readonly vLong?: Buffer;
  readonly vBinary?: Buffer;
}

export interface SpanFields {
  readonly operationName: string;
  readonly traceIdLow?: Buffer;
  readonly traceIdHigh?: Buffer;
  readonly spanId?: Buffer;
  readonly parentSpanId?: Buffer;
  readonly flags?: number;
  readonly startTime?: Buffer;
  readonly duration?: Buffer;
  readonly references?: readonly object[];
  readonly tags?: readonly TagFields[];
  readonly logs?: readonly { readonly timestamp: Buffer; readonly fields: readonly TagFields[] }[];
}

export interface BatchFields {
  readonly process: { readonly serviceName: string; readonly tags?: readonly TagFields[] };
  readonly spans: readonly SpanFields[];
}

/** A 64-bit integer as thriftrw wants it. */
export function i64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt.asIntN(64, value));
  return bytes;
}

/** For tests: a tag of text. */
export function tag(key: string, vStr: string): TagFields {
  return { key, vType: "STRING", vStr };
}

/** For tests: a Batch by Jaeger's own IDL and a Thrift library that is not ours. */
export function encodeBatch({ process, spans }: BatchFields): Buffer {
  const filled = spans.map((span) => ({
    ...{ traceIdLow: i64(1n), traceIdHigh: i64(0n), spanId: i64(1n), parentSpanId: i64(0n), flags: 1 },
    ...{ startTime: i64(1_700_000_000_000_000n), duration: i64(1000n) },
    ...span,
  }));
  const { err, value } = thrift.Batch.rw.toBuffer(new thrift.Batch({ process, spans: filled }));
  if (err !== null && err !== undefined) throw err;
  return value;
}
