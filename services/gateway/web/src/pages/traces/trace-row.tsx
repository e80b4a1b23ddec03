import { IconAlertCircleFilled } from "@tabler/icons-react";
import { Link } from "react-router";
import type { TraceSummary } from "../../api/types.ts";
import { PlainLine } from "../../components/plain.tsx";
import { formatNanos, formatWhole } from "../../format/number.ts";
import { colorOfName } from "../../format/palette.ts";
import { plainLine } from "../../format/plain-text.ts";
import { Timestamp } from "../../time/timestamp.tsx";
import classes from "./traces-page.module.css";

/** One trace in the list, with a bar as long as it took against the longest. */
export function TraceRow(props: {
  trace: TraceSummary;
  longest: number;
  marked: boolean;
  onMark: (traceId: string) => void;
}) {
  const { trace, longest, marked, onMark } = props;
  return (
    <li>
      <Link
        to={`/traces/${encodeURIComponent(trace.traceId)}`}
        className={classes.row}
        data-testid="trace-row"
        data-marked={marked}
        onPointerEnter={() => onMark(trace.traceId)}
        onPointerLeave={() => onMark("")}
      >
        <span className={classes.time}>
          <Timestamp value={trace.start} style="precise" />
        </span>
        <span className={classes.name}>
          {trace.errorCount > 0 ? (
            <IconAlertCircleFilled size={14} className={classes.error} role="img" aria-label="failed" />
          ) : null}
          <span className="truncate">
            <span className={classes.service}>{plainLine(trace.rootService)}</span>{" "}
            <PlainLine text={trace.rootName} className="" />
          </span>
        </span>
        <span className={classes.duration}>
          <i
            data-failed={trace.errorCount > 0}
            style={{ width: `${Math.max(0.5, (trace.durationNano / longest) * 100)}%` }}
          />
          <b>{formatNanos(trace.durationNano)}</b>
        </span>
        <span className={classes.counts}>
          {formatWhole(trace.spanCount)} {trace.spanCount === 1 ? "span" : "spans"}
          {trace.errorCount > 0 ? `, ${formatWhole(trace.errorCount)} failed` : ""}
        </span>
        <span className={classes.services} title={trace.services.map((name) => plainLine(name)).join(", ")}>
          {trace.services.slice(0, 8).map((name) => (
            <i key={name} style={{ background: colorOfName(name) }} />
          ))}
        </span>
      </Link>
    </li>
  );
}
