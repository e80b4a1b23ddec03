import { useElementSize } from "@mantine/hooks";
import { useMemo } from "react";
import { formatNanos } from "../format/number.ts";
import type { Interval } from "../time/time-range.ts";
import classes from "./scatter.module.css";
import { decades, heightOf, type ScatterPoint } from "./scatter-layout.ts";
import { localOffsetMs, timeTicks } from "./time-ticks.ts";

const height = 130;
const left = 62;
const bottom = 22;

/** How long things took, over when they began; failures are crosses. The list beside it has the same for the keyboard. */
export function Scatter(props: {
  points: readonly ScatterPoint[];
  interval: Interval;
  marked: string;
  onMark: (id: string) => void;
  onOpen: (id: string) => void;
}) {
  const { points, interval, marked, onMark, onOpen } = props;
  const { ref, width } = useElementSize<HTMLDivElement>();
  const axis = useMemo(() => decades(points), [points]);
  const { startMs, endMs } = interval;
  const plotWidth = Math.max(0, width - left - 10);
  const x = (ms: number) => left + ((ms - startMs) / (endMs - startMs)) * plotWidth;
  const y = (nanos: number) => 8 + (1 - heightOf(nanos, axis)) * (height - 8 - bottom);
  const rows = Array.from({ length: axis.high - axis.low + 1 }, (_, index) => 10 ** (axis.low + index));
  const columns = timeTicks(startMs, endMs, Math.max(2, Math.floor(plotWidth / 90)), localOffsetMs(startMs));
  return (
    <div ref={ref} className={classes.scatter}>
      <svg width={width} height={height} aria-hidden="true">
        {rows.map((nanos) => (
          <g key={nanos}>
            <line x1={left} x2={width - 10} y1={y(nanos)} y2={y(nanos)} className={classes.grid} />
            <text x={left - 8} y={y(nanos)} textAnchor="end" dominantBaseline="central" className={classes.label}>
              {formatNanos(nanos)}
            </text>
          </g>
        ))}
        {columns
          .filter((tick) => x(tick.ms) > left + 14 && x(tick.ms) < width - 24)
          .map((tick) => (
            <text key={tick.ms} x={x(tick.ms)} y={height - 6} textAnchor="middle" className={classes.label}>
              {tick.label}
            </text>
          ))}
        {points.map((point) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the list below does the same for the keyboard.
          <g
            key={point.id}
            transform={`translate(${x(point.ms)} ${y(point.nanos)})`}
            className={classes.point}
            data-failed={point.failed}
            data-marked={point.id === marked}
            onPointerEnter={() => onMark(point.id)}
            onPointerLeave={() => onMark("")}
            onClick={() => onOpen(point.id)}
          >
            <circle r={9} className={classes.reach} />
            {point.failed ? <path d="M-4-4L4 4M4-4L-4 4" /> : <circle r={4} />}
          </g>
        ))}
      </svg>
    </div>
  );
}
