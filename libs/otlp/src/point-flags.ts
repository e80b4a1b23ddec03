/**
 * Flags of histogram data points that are ours, in bits that OTLP leaves free, from the top: what a native histogram of
 * Prometheus says that OTLP has no field for. They are kept in the column `Flags`.
 */
export const POINT_FLAGS = {
  /** Of OTLP itself (DataPointFlags): there is no value; the stale marker of Prometheus. */
  noRecordedValue: 1,
  /**
   * The counts are doubles: the histogram's count, that of its zero bucket and of its buckets hold their bits, to be
   * read by `reinterpretAsFloat64`.
   */
  floatCounts: 2 ** 31,
  /** What the sender says of a reset since the point before: none of the three when it says nothing. */
  reset: 2 ** 28,
  noReset: 2 * 2 ** 28,
  /** A histogram that goes up and down, as gauges do. */
  gauge: 3 * 2 ** 28,
} as const;
