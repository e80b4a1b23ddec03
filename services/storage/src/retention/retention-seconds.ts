const SECONDS: Readonly<Record<string, number>> = {
  Second: 1,
  Minute: 60,
  Hour: 3600,
  Day: 86_400,
  Week: 7 * 86_400,
};

/**
 * How long a table keeps its rows, seconds, read from the engine's definition as `system.tables` gives it; 0 when it
 * keeps them for ever. The server writes a bound number as `_CAST(90, 'UInt32')`.
 */
export function retentionSeconds(engine: string): number {
  const found = /\bTTL\b.*?\btoInterval(Second|Minute|Hour|Day|Week)\((?:_CAST\()?(\d+)/.exec(engine);
  return Number(found?.[2] ?? 0) * (SECONDS[found?.[1] ?? ""] ?? 0);
}
