import { useQuery } from "@tanstack/react-query";
import { storageStatisticsQuery } from "../../api/health.ts";
import { formatBytes, formatCompact } from "../../format/number.ts";
import { elapsed, msOf } from "../../time/format-time.ts";
import { useNow } from "../../time/use-now.ts";
import classes from "./status-line.module.css";

/** The platform itself in one calm line: what is kept, how tightly, how long, and whether storage keeps up. */
export function StatusLine() {
  const { data, error } = useQuery(storageStatisticsQuery);
  const now = useNow(10);
  if (data === undefined) {
    return (
      <p className={classes.line}>{error === null ? "\u00a0" : `Storage does not say how it is: ${error.message}`}</p>
    );
  }
  const rows = sum(data.tables.map((table) => table.rows));
  const onDisk = sum(data.tables.map((table) => table.bytesOnDisk));
  const raw = sum(data.tables.map((table) => table.bytesUncompressed));
  const pending = sum(data.lags.map((lag) => lag.pendingMessages));
  const oldest = data.tables.flatMap((table) => (table.oldest === null ? [] : [msOf(table.oldest)]));
  const behind = data.lags
    .filter((lag) => lag.pendingMessages > 0)
    .map((lag) => `${lag.signal} ${lag.pendingMessages}`);
  return (
    <p className={classes.line}>
      <span>
        <b>{formatCompact(rows)}</b> rows kept
      </span>
      <span>
        <b>{formatBytes(onDisk)}</b> on disk
        {onDisk > 0 ? `, ${(raw / onDisk).toFixed(1)}× compressed` : ""}
      </span>
      {oldest.length === 0 ? null : (
        <span>
          back to <b>{elapsed((now - Math.min(...oldest)) / 1000)}</b> ago
        </span>
      )}
      <span title={behind.join(", ")}>
        {pending === 0 ? "storage is up to date" : `${formatCompact(pending)} messages not stored yet`}
      </span>
    </p>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
