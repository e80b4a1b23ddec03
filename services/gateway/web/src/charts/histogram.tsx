import { useElementSize } from "@mantine/hooks";
import { type KeyboardEvent, type PointerEvent, useMemo, useState } from "react";
import { formatCompact, formatWhole } from "../format/number.ts";
import { formatInterval } from "../time/format-time.ts";
import classes from "./histogram.module.css";
import { type Bucket, barSegments, bucketTotal, roundedUp } from "./histogram-layout.ts";
import { localOffsetMs, timeTicks } from "./time-ticks.ts";

/** What the histogram draws. */
export interface HistogramProps {
  /** All of one width, oldest first, none missing. */
  readonly buckets: readonly Bucket[];
  readonly bucketMs: number;
  /** What is counted, in the plural: "events". */
  readonly noun: string;
  /** Of the bars, pixels. */
  readonly height?: number;
  /** Told when a stretch of time is chosen with the pointer or the keyboard. */
  readonly onSelect?: (startMs: number, endMs: number) => void;
}

/** The chosen stretch while it is being chosen: indices of buckets, in either order. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Counts over time as stacked bars. A stretch can be dragged over with the pointer, or with the arrow keys (Shift
 * extends, Enter takes it, Escape lets go).
 */
export function Histogram({ buckets, bucketMs, noun, height = 72, onSelect }: HistogramProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [pointed, setPointed] = useState<number | null>(null);
  const [stretch, setStretch] = useState<Stretch | null>(null);
  const highest = useMemo(() => roundedUp(Math.max(0, ...buckets.map(bucketTotal))), [buckets]);
  const barWidth = buckets.length === 0 ? 0 : width / buckets.length;
  const startMs = buckets[0]?.startMs ?? 0;
  const endMs = startMs + buckets.length * bucketMs;

  const indexAt = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const index = Math.floor(((event.clientX - box.left) / box.width) * buckets.length);
    return Math.min(buckets.length - 1, Math.max(0, index));
  };
  const take = ({ from, to }: Stretch) => {
    const first = Math.min(from, to);
    const last = Math.max(from, to);
    onSelect?.(startMs + first * bucketMs, startMs + (last + 1) * bucketMs);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = nextOfKey(event, pointed ?? buckets.length, stretch, buckets.length);
    if (next === undefined) return;
    event.preventDefault();
    setPointed(next.pointed);
    setStretch(next.stretch);
    if (next.taken !== undefined) take(next.taken);
  };
  const shown = pointed === null ? undefined : buckets[pointed];

  return (
    <div className={classes.wrap} ref={ref}>
      <div
        className={classes.plot}
        style={{ height }}
        tabIndex={0}
        role="slider"
        aria-label={`${noun} over time; arrow keys move, Shift extends, Enter zooms in`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, buckets.length - 1)}
        aria-valuenow={pointed ?? 0}
        aria-valuetext={shown === undefined ? "nothing chosen" : sentence(shown, bucketMs, noun)}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0 || onSelect === undefined) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const index = indexAt(event);
          setStretch({ from: index, to: index });
        }}
        onPointerMove={(event) => {
          const index = indexAt(event);
          setPointed(index);
          if (stretch !== null && event.buttons === 1) setStretch({ ...stretch, to: index });
        }}
        onPointerUp={() => {
          if (stretch !== null) take(stretch);
          setStretch(null);
        }}
        onPointerLeave={() => setPointed(null)}
        onBlur={() => {
          setPointed(null);
          setStretch(null);
        }}
      >
        <span className={classes.top}>{formatCompact(highest)}</span>
        <svg width={width} height={height} className={classes.svg} aria-hidden="true">
          <line x1={0} x2={width} y1={0.5} y2={0.5} className={classes.grid} />
          <line x1={0} x2={width} y1={height / 2} y2={height / 2} className={classes.grid} />
          {pointed === null ? null : (
            <rect x={pointed * barWidth} y={0} width={barWidth} height={height} className={classes.pointed} />
          )}
          {stretch === null ? null : (
            <rect
              x={Math.min(stretch.from, stretch.to) * barWidth}
              y={0}
              width={(Math.abs(stretch.to - stretch.from) + 1) * barWidth}
              height={height}
              className={classes.stretch}
            />
          )}
          <Bars buckets={buckets} highest={highest} height={height} barWidth={barWidth} />
        </svg>
        {shown === undefined || pointed === null ? null : (
          <Tip bucket={shown} bucketMs={bucketMs} noun={noun} left={(pointed + 0.5) * barWidth} width={width} />
        )}
      </div>
      <Axis startMs={startMs} endMs={endMs} width={width} />
    </div>
  );
}

function Bars(props: { buckets: readonly Bucket[]; highest: number; height: number; barWidth: number }) {
  const { buckets, highest, height, barWidth } = props;
  const gap = barWidth > 5 ? 1.5 : 0.5;
  return buckets.map((bucket, index) =>
    barSegments(bucket, highest, height).map((segment) => (
      <rect
        key={`${bucket.startMs} ${segment.key}`}
        x={index * barWidth + gap / 2}
        y={segment.y}
        width={Math.max(0.5, barWidth - gap)}
        height={segment.height}
        fill={segment.color}
      />
    )),
  );
}

function Axis({ startMs, endMs, width }: { startMs: number; endMs: number; width: number }) {
  const ticks = timeTicks(startMs, endMs, Math.max(2, Math.floor(width / 90)), localOffsetMs(startMs));
  return (
    <div className={classes.axis} aria-hidden="true">
      {ticks.map((tick) => {
        const left = ((tick.ms - startMs) / (endMs - startMs)) * 100;
        return left < 2 || left > 98 ? null : (
          <span key={tick.ms} style={{ left: `${left}%` }}>
            {tick.label}
          </span>
        );
      })}
    </div>
  );
}

function Tip(props: { bucket: Bucket; bucketMs: number; noun: string; left: number; width: number }) {
  const { bucket, bucketMs, noun, left, width } = props;
  const parts = bucket.parts.filter((part) => part.count > 0).reverse();
  return (
    <div className={classes.tip} style={left > width / 2 ? { right: width - left + 10 } : { left: left + 10 }}>
      <div className={classes.tipTime}>{formatInterval(bucket.startMs, bucket.startMs + bucketMs, Date.now())}</div>
      {parts.length === 0 ? <div className="dim">no {noun}</div> : null}
      {parts.map((part) => (
        <div key={part.key} className={classes.tipRow}>
          <i style={{ background: part.color }} />
          <span>{part.key}</span>
          <b>{formatWhole(part.count)}</b>
        </div>
      ))}
    </div>
  );
}

function sentence(bucket: Bucket, bucketMs: number, noun: string): string {
  const counts = bucket.parts.filter((part) => part.count > 0).map((part) => `${part.count} ${part.key}`);
  const interval = formatInterval(bucket.startMs, bucket.startMs + bucketMs, Date.now());
  return `${interval}: ${counts.length === 0 ? `no ${noun}` : counts.join(", ")}`;
}

/** What a key makes of the pointed bucket and the stretch; undefined when the key means nothing here. */
function nextOfKey(event: KeyboardEvent, pointed: number, stretch: Stretch | null, length: number) {
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -length, End: length };
  const step = steps[event.key];
  if (step !== undefined) {
    const next = Math.min(length - 1, Math.max(0, pointed + step));
    const from = stretch?.from ?? Math.min(pointed, length - 1);
    return { pointed: next, stretch: event.shiftKey ? { from, to: next } : null, taken: undefined };
  }
  if (event.key === "Enter" && pointed < length) {
    return { pointed: null, stretch: null, taken: stretch ?? { from: pointed, to: pointed } };
  }
  if (event.key === "Escape") return { pointed: null, stretch: null, taken: undefined };
  return undefined;
}
