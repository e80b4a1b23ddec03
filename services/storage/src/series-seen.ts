/**
 * How far `FirstSeen` and `LastSeen` of a stored series may be from its true first and last sample, milliseconds: so
 * long the writer does not write a series again that it has stored, and so far queries look beyond their range.
 */
export const SERIES_SEEN_LAG_MS = 300_000;
