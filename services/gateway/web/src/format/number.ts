const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** "1,234": a whole number in full. */
export function formatWhole(value: number): string {
  return plain.format(value);
}

/** "1.23 k", "4.5 M": at most three digits that count, with a thin unit. */
export function formatCompact(value: number): string {
  return scaled(value, 1000, ["", "k", "M", "G", "T", "P"]).trimEnd();
}

/** "1.5 GiB". */
export function formatBytes(value: number): string {
  return scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]);
}

/** "97.2 %" from 97.2. */
export function formatPercent(value: number): string {
  return `${significant(value)} %`;
}

/** "1.23 ms", "4.5 s", "2 min 5 s": a span of time from nanoseconds. */
export function formatNanos(nanos: number): string {
  const size = Math.abs(nanos);
  if (size < 1000) return `${significant(nanos)} ns`;
  if (size < 1e6) return `${significant(nanos / 1e3)} µs`;
  if (size < 1e9) return `${significant(nanos / 1e6)} ms`;
  if (size < 60e9) return `${significant(nanos / 1e9)} s`;
  const seconds = Math.round(nanos / 1e9);
  if (size < 3600e9) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** A number with three digits that count ("0.0123", "12.3"), whole ones in full up to 99,999. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 100_000) return plain.format(value);
  const size = Math.abs(value);
  if (size >= 100_000 || size < 0.001) return value.toExponential(2);
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3 - Math.floor(Math.log10(size)) - 1;
  return String(Number(value.toFixed(Math.min(6, decimals))));
}

function scaled(value: number, base: number, units: readonly string[]): string {
  if (!Number.isFinite(value)) return String(value);
  let rest = value;
  let index = 0;
  while (Math.abs(rest) >= base && index < units.length - 1) {
    rest /= base;
    index += 1;
  }
  return `${significant(rest)} ${units[index] ?? ""}`;
}
