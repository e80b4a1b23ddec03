import { type Hash, newHash } from "./fingerprint.ts";
import { createFingerprintIndex } from "./fingerprint-index.ts";
import { newMetricTables } from "./metric-tables.ts";
import { newRange, type Range } from "./range.ts";
import { newScope } from "./scope.ts";
import type { SeriesMemory } from "./series-memory.ts";
import { newMillis, newNanos } from "./times.ts";

/** Fields of a data point have numbers below this. */
const POINT_FIELDS = 16;

/** A resource or scope, which is part of the identity of every series in it. */
interface Envelope {
  readonly message: Range;
  readonly schemaUrl: Range;
  readonly hash: Hash;
}

function newEnvelope(): Envelope {
  return { message: newRange(), schemaUrl: newRange(), hash: newHash() };
}

/** What is needed at every step of the walk over metrics. */
export function newMetricWalk(memory?: SeriesMemory) {
  const tables = newMetricTables();
  return {
    tables,
    /** The series of this batch: their numbers are the rows of `metrics_series`. */
    series: createFingerprintIndex(),
    memory,
    /** Points that have exemplars and no row of their own: in this batch, and in it before this message. */
    emptyPoints: 0,
    emptyPointsBefore: 0,
    tenant: "",
    /** Mixed into fingerprints where series of several tenants meet: equal ones of two tenants are two series. */
    tenantHash: newHash(),
    received: newNanos(),
    resource: newEnvelope(),
    scope: { ...newEnvelope(), parts: newScope() },
    /** A part of a fingerprint, while it is made. */
    part: newHash(),
    metric: {
      name: newRange(),
      description: newRange(),
      unit: newRange(),
      /** See metric-metadata.ts. */
      hasMetadata: false,
      /** See status-alias.ts. */
      needsStatusAlias: false,
      /** The field of Metric that holds the data, and its bytes. */
      kind: 0,
      data: newRange(),
      temporality: 0,
      monotonic: false,
      hash: newHash(),
    },
    point: {
      message: newRange(),
      /** Where the fixed 64-bit values are, by field number; 0 when absent. */
      fixed: new Int32Array(POINT_FIELDS),
      flags: 0,
      /** The tag that its attributes have, for a series that is new. */
      attributesTag: 0,
      hash: newHash(),
      start: newMillis(),
      time: newMillis(),
    },
  };
}

export type MetricWalk = ReturnType<typeof newMetricWalk>;
