import { formatAgo, formatClockMs, formatDayClock, formatMoment, formatUtc, msOf } from "./format-time.ts";
import { useNow } from "./use-now.ts";

/** How a moment is written: the clock (with the day when not today), to the millisecond, in full, or as time gone by. */
export type TimestampStyle = "moment" | "precise" | "full" | "ago";

/** A moment in local time; the tooltip has it in UTC with every digit. */
export function Timestamp({ value, style = "moment" }: { value: string | null; style?: TimestampStyle }) {
  if (value === null) return <span className="dim">–</span>;
  if (style === "ago") return <Ago value={value} />;
  return (
    <time dateTime={value} title={formatUtc(value)} className="nowrap">
      {written(msOf(value), style)}
    </time>
  );
}

function Ago({ value }: { value: string }) {
  const ms = msOf(value);
  // Coarse steps for what is long ago: fewer renders, calmer page.
  const now = useNow(Date.now() - ms > 120_000 ? 30 : 1);
  return (
    <time dateTime={value} title={`${formatDayClock(ms, now)} local, ${formatUtc(value)}`} className="nowrap">
      {formatAgo(ms, Math.max(now, Math.min(ms, now + 5000)))}
    </time>
  );
}

function written(ms: number, style: TimestampStyle): string {
  const now = Date.now();
  if (style === "moment") return formatMoment(ms, now);
  const today = new Date(ms).toDateString() === new Date(now).toDateString();
  if (style === "precise" && today) return formatClockMs(ms);
  const day = formatDayClock(ms, now).replace(/ \d\d:\d\d$/, "");
  return `${day} ${formatClockMs(ms)}`;
}
