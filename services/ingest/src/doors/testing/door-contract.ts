import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { Signal } from "@sightline/bus/subjects";
import type { Protocol } from "../../metrics.ts";
import type { Reply, Sender } from "./sender.ts";

/** What routes read unless they say otherwise. */
export const usualCompressions = {
  gzip: (plain: Uint8Array) => gzipSync(plain),
  deflate: (plain: Uint8Array) => deflateSync(plain),
  // Without the header of zlib, as some senders have it.
  Deflate: (plain: Uint8Array) => deflateRawSync(plain),
  zstd: (plain: Uint8Array) => zstdCompressSync(plain),
  identity: (plain: Uint8Array) => plain,
};

/** What every door must keep, as far as its protocol has a word for it; `contract.test.ts` holds all of them to it. */
export interface DoorContract {
  readonly name: string;
  readonly protocol: Protocol;
  /** What its records become. */
  readonly signal: Signal;
  readonly sender: Sender;
  /** A request of as many records as there are marks, each with its mark somewhere in it. */
  request(marks: readonly string[]): Uint8Array;
  /** The marks in what the bus holds, in order. */
  marksIn(payload: Uint8Array): readonly string[];
  /** Requests without records: successes that store nothing. */
  readonly empty: readonly Uint8Array[];
  /** Requests that cannot be read. */
  readonly malformed: readonly Uint8Array[];
  /** Values of Content-Encoding that it reads, and what makes such bodies. Absent: gRPC has compression of its own. */
  readonly compressions?: Readonly<Record<string, (plain: Uint8Array) => Uint8Array>>;
  /** A request with a bad record between good ones, or why this protocol cannot have one. */
  readonly half: HalfRefused | { readonly never: string };
  /** Asserts that a refusal is said in the protocol's own form. */
  assertRefusal(reply: Reply): void;
}

export interface HalfRefused {
  /** Good records with these marks, and `refused` bad ones among them. */
  request(marks: readonly string[]): Uint8Array;
  readonly refused: number;
  /** Asserts that the answer names them in the protocol's own way. */
  assertSaid(reply: Reply): void;
}
