import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { eventsQuery, NO_FILTERS } from "../../api/events.ts";
import { EventRow } from "../../components/event-row.tsx";
import { Panel } from "../../components/panel.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { eventStream } from "../../live/live-streams.ts";
import { useLiveRows } from "../../live/use-live-rows.ts";
import type { TimeRange } from "../../time/time-range.ts";
import classes from "./lists.module.css";

const shown = 12;
const lastDay: TimeRange = { start: "-24h", end: "now" };

/** The newest events, new ones on top as they happen. */
export function NewestEventsPanel() {
  const first = useInfiniteQuery(eventsQuery(NO_FILTERS, lastDay));
  const live = useLiveRows({
    stream: eventStream,
    filters: {},
    paused: false,
    enabled: true,
    onGap: () => void first.refetch(),
  });
  const known = new Set(live.rows.map((event) => event.eventId));
  const older = (first.data?.pages[0]?.events ?? []).filter((event) => !known.has(event.eventId));
  const rows = [...live.rows, ...older].slice(0, shown);
  return (
    <Panel title="Newest events" to="/events" flush>
      {first.isPending ? <SkeletonRows rows={8} /> : null}
      {first.isError && rows.length === 0 ? (
        <ErrorState compact error={first.error} onRetry={() => void first.refetch()} />
      ) : null}
      {first.data !== undefined && rows.length === 0 ? (
        <EmptyState compact title="No event within the last day" />
      ) : null}
      <ul className={`${classes.list} ${classes.pad}`}>
        {rows.map((event) => (
          <li key={event.eventId}>
            <Link
              to={`/events?event=${encodeURIComponent(event.eventId)}`}
              className={classes.item}
              data-testid="event-row"
            >
              <EventRow event={event} withType={false} />
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
