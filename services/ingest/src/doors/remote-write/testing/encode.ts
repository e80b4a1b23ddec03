import { readFileSync } from "node:fs";
import { parse, type Type } from "protobufjs";
import type { WriteVersion } from "../translate.ts";

function typeOf(file: string, name: string): Type {
  return parse(readFileSync(new URL(file, import.meta.url), "utf8")).root.lookupType(name);
}

const TYPES = {
  v1: typeOf("prometheus.proto", "prometheus.WriteRequest"),
  v2: typeOf("prometheus-v2.proto", "io.prometheus.write.v2.Request"),
} as const satisfies Record<WriteVersion, Type>;

export type TestLabels = Readonly<Record<string, string>>;

export interface TestSample {
  readonly value: number;
  readonly timestamp: number;
  /** 2.0 only. */
  readonly startTimestamp?: number;
}

export interface TestExemplar {
  readonly labels: TestLabels;
  readonly value: number;
  readonly timestamp?: number;
}

/** By the names of the proto, in camel case. */
export interface TestHistogram {
  readonly countInt?: number;
  readonly countFloat?: number;
  readonly sum?: number;
  readonly schema?: number;
  readonly zeroThreshold?: number;
  readonly zeroCountInt?: number;
  readonly zeroCountFloat?: number;
  readonly negativeSpans?: readonly { readonly offset: number; readonly length: number }[];
  readonly negativeDeltas?: readonly number[];
  readonly negativeCounts?: readonly number[];
  readonly positiveSpans?: readonly { readonly offset: number; readonly length: number }[];
  readonly positiveDeltas?: readonly number[];
  readonly positiveCounts?: readonly number[];
  readonly resetHint?: number;
  readonly timestamp: number;
  readonly customValues?: readonly number[];
}

export interface TestSeries {
  readonly labels: TestLabels;
  readonly samples?: readonly TestSample[];
  readonly histograms?: readonly TestHistogram[];
  readonly exemplars?: readonly TestExemplar[];
  /** 2.0 only. */
  readonly metadata?: { readonly type: number; readonly help: string; readonly unit: string };
  /** 2.0 only. */
  readonly createdTimestamp?: number;
}

/** For tests: a write request of 1.0 by another encoder than ours; labels in the order in which they are given. */
export function encodeV1(series: readonly TestSeries[], metadata: readonly object[] = []): Buffer {
  const labelsOf = (labels: TestLabels) => Object.entries(labels).map(([name, value]) => ({ name, value }));
  const timeseries = series.map(({ labels, exemplars = [], ...rest }) => ({
    ...rest,
    labels: labelsOf(labels),
    exemplars: exemplars.map((exemplar) => ({ ...exemplar, labels: labelsOf(exemplar.labels) })),
  }));
  return encode("v1", { timeseries, metadata });
}

/** For tests: the same in 2.0. */
export function encodeV2(series: readonly TestSeries[]): Buffer {
  const refs = new Map([["", 0]]);
  const refOf = (text: string) => {
    const ref = refs.get(text) ?? refs.size;
    refs.set(text, ref);
    return ref;
  };
  const refsOf = (labels: TestLabels) => Object.entries(labels).flatMap(([name, value]) => [refOf(name), refOf(value)]);
  const timeseries = series.map(({ labels, exemplars = [], metadata, ...rest }) => ({
    ...rest,
    labelsRefs: refsOf(labels),
    exemplars: exemplars.map((exemplar) => ({ ...exemplar, labelsRefs: refsOf(exemplar.labels) })),
    ...(metadata === undefined
      ? {}
      : { metadata: { type: metadata.type, helpRef: refOf(metadata.help), unitRef: refOf(metadata.unit) } }),
  }));
  return encode("v2", { symbols: [...refs.keys()], timeseries });
}

/** For tests: a request of 2.0 as it is given, broken references and all. */
export function encodeRawV2(request: object): Buffer {
  return encode("v2", request);
}

function encode(version: WriteVersion, request: object): Buffer {
  const type = TYPES[version];
  return Buffer.from(type.encode(type.fromObject({ ...request })).finish());
}

/** Stands in requests for the stale marker, whose bits a JavaScript number does not keep for sure. */
export const STALE_STAND_IN = 1234567.891;

/** For tests: the request with the stale marker in the place of its stand-in. */
export function withStaleMarkers(request: Buffer): Buffer {
  const standIn = Buffer.alloc(8);
  standIn.writeDoubleLE(STALE_STAND_IN);
  const marked = Buffer.from(request);
  for (let at = marked.indexOf(standIn); at !== -1; at = marked.indexOf(standIn, at + 8)) {
    marked.writeBigUInt64LE(0x7ff0000000000002n, at);
  }
  return marked;
}
