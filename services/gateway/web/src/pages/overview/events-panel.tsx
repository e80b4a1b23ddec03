import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { eventStatisticsQuery, NO_FILTERS } from "../../api/events.ts";
import type { EventStatistics, ValueCount } from "../../api/types.ts";
import { eventBuckets } from "../../charts/event-buckets.ts";
import { Histogram } from "../../charts/histogram.tsx";
import { Panel } from "../../components/panel.tsx";
import { SEVERITIES_WORST_FIRST, SeverityMark } from "../../components/severity.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { formatCompact, formatWhole } from "../../format/number.ts";
import { plainLine } from "../../format/plain-text.ts";
import { endsNow, rangeOf, type TimeRange } from "../../time/time-range.ts";
import classes from "./events-panel.module.css";

/** How many events there were, over time and by severity, source and type. */
export function EventsPanel({ range, onZoom }: { range: TimeRange; onZoom: (range: TimeRange) => void }) {
  const statistics = useQuery(eventStatisticsQuery(NO_FILTERS, range));
  const data = statistics.data;
  return (
    <Panel
      title="Events"
      note={data === undefined ? undefined : formatWhole(data.totalCount)}
      to={eventsAddress(range)}
    >
      {statistics.isPending ? <SkeletonRows rows={5} /> : null}
      {statistics.isError && data === undefined ? (
        <ErrorState compact error={statistics.error} onRetry={() => void statistics.refetch()} />
      ) : null}
      {data !== undefined && data.totalCount === 0 ? (
        <EmptyState compact title="No event in this time">
          Widen the range, or send one to <code>POST /v1/events</code> of ingest.
        </EmptyState>
      ) : null}
      {data !== undefined && data.totalCount > 0 ? (
        <div className={classes.layout}>
          <div className={classes.chart}>
            <BySeverity data={data} range={range} />
            <Histogram
              buckets={eventBuckets(data)}
              bucketMs={data.bucketSeconds * 1000}
              noun="events"
              height={112}
              onSelect={(start, end) => onZoom(rangeOf(start, end))}
            />
          </div>
          <TopList title="Sources" facet="source" values={data.bySource} range={range} />
          <TopList title="Types" facet="type" values={data.byType} range={range} />
        </div>
      ) : null}
    </Panel>
  );
}

function BySeverity({ data, range }: { data: EventStatistics; range: TimeRange }) {
  const counts = new Map(data.bySeverity.map(({ value, count }) => [value, count]));
  return (
    <div className={classes.severities}>
      {SEVERITIES_WORST_FIRST.map((severity) => (
        <Link key={severity} to={eventsAddress(range, "severity", severity)} className={classes.severity}>
          <SeverityMark severity={severity} />
          <b>{formatCompact(counts.get(severity) ?? 0)}</b>
        </Link>
      ))}
    </div>
  );
}

const shown = 5;

function TopList(props: { title: string; facet: string; values: readonly ValueCount[]; range: TimeRange }) {
  const { title, facet, values, range } = props;
  const highest = values[0]?.count ?? 1;
  return (
    <div className={classes.top}>
      <h3 className={classes.topTitle}>{title}</h3>
      <ul>
        {values.slice(0, shown).map(({ value, count }) => (
          <li key={value}>
            <Link to={eventsAddress(range, facet, value)} className={classes.bar}>
              <i style={{ width: `${(count / highest) * 100}%` }} />
              <span className="truncate">{plainLine(value) || "(none)"}</span>
              <b>{formatCompact(count)}</b>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

function eventsAddress(range: TimeRange, facet?: string, value?: string): string {
  const params = new URLSearchParams({ start: range.start });
  if (!endsNow(range)) params.set("end", range.end);
  if (facet !== undefined && value !== undefined) params.set(facet, value);
  return `/events?${params}`;
}
