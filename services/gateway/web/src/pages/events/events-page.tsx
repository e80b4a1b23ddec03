import { IconTimelineEventX } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { EVENT_FACETS, type EventFilters, eventStatisticsQuery, eventsQuery } from "../../api/events.ts";
import type { SystemEvent } from "../../api/types.ts";
import { eventBuckets } from "../../charts/event-buckets.ts";
import { Histogram } from "../../charts/histogram.tsx";
import { SendEventHint } from "../../components/data-hints.tsx";
import { FilterLayout } from "../../components/filter-layout.tsx";
import { ListFoot } from "../../components/list-foot.tsx";
import classes from "../../components/list-page.module.css";
import { LiveControls } from "../../components/live-controls.tsx";
import { Page } from "../../components/page.tsx";
import { SearchInput } from "../../components/search-input.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { formatWhole } from "../../format/number.ts";
import { useShortcuts } from "../../keyboard/shortcuts-context.tsx";
import { eventStream } from "../../live/live-streams.ts";
import { useLiveRows } from "../../live/use-live-rows.ts";
import { endsNow, rangeOf, type TimeRange } from "../../time/time-range.ts";
import { TimeRangePicker } from "../../time/time-range-picker.tsx";
import { useTimeRange } from "../../time/use-time-range.ts";
import { useUrlState } from "../../url/use-url-state.ts";
import { EventDrawer } from "./event-drawer.tsx";
import { EventFacets } from "./event-facets.tsx";
import { EventList } from "./event-list.tsx";
import { useEventFilters } from "./use-event-filters.ts";

/** The stream of events: live, searched, filtered, counted over time. The address holds all of it. */
export function EventsPage() {
  const url = useUrlState();
  const [range, setRange] = useTimeRange();
  const { filters, setFacet, setSearch, clear } = useEventFilters();
  const statistics = useQuery(eventStatisticsQuery(filters, range));
  const list = useEventRows(filters, range);
  const active = EVENT_FACETS.reduce((sum, facet) => sum + filters[facet].length, 0) + (filters.q === "" ? 0 : 1);
  const opened = url.get("event");
  const open = useCallback((eventId: string) => url.update({ event: eventId }, { push: true }), [url.update]);
  const data = statistics.data;
  return (
    <Page
      title="Events"
      controls={
        <>
          <LiveControls
            paused={list.paused}
            waiting={list.live.waiting}
            dropped={list.live.dropped}
            off={endsNow(range) ? list.live.error : "The range ends in the past, so nothing new belongs to it."}
            onToggle={list.togglePause}
          />
          <TimeRangePicker range={range} onChange={setRange} />
        </>
      }
    >
      <div className={classes.search}>
        <SearchInput
          value={filters.q}
          onChange={setSearch}
          label="Search in events"
          placeholder="Words in title, description, details, target…"
        />
        <span className="dim nowrap">{data === undefined ? "" : `${formatWhole(data.totalCount)} events`}</span>
      </div>
      <FilterLayout
        active={active}
        onClear={clear}
        filters={<EventFacets statistics={data} filters={filters} range={range} onChange={setFacet} />}
      >
        {data === undefined ? (
          <div className={classes.chartSpace}>
            {statistics.isError ? <ErrorState compact error={statistics.error} /> : null}
          </div>
        ) : (
          <Histogram
            buckets={eventBuckets(data)}
            bucketMs={data.bucketSeconds * 1000}
            noun="events"
            onSelect={(start, end) => setRange(rangeOf(start, end))}
          />
        )}
        <Rows list={list} filtered={active > 0} onOpen={open} />
      </FilterLayout>
      <EventDrawer
        eventId={opened}
        known={list.rows.find((event) => event.eventId === opened)}
        onClose={() => url.update({ event: null })}
      />
    </Page>
  );
}

function Rows(props: { list: ReturnType<typeof useEventRows>; filtered: boolean; onOpen: (eventId: string) => void }) {
  const { list, filtered, onOpen } = props;
  const { pages, rows } = list;
  if (pages.isPending) return <SkeletonRows rows={14} />;
  if (pages.isError && rows.length === 0) {
    return <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />;
  }
  if (rows.length === 0) {
    return (
      <EmptyState
        icon={<IconTimelineEventX size={34} stroke={1.4} aria-hidden />}
        title={filtered ? "No event matches" : "No event in this time"}
      >
        {filtered ? "Take a filter away or widen the range." : <SendEventHint />}
      </EmptyState>
    );
  }
  return (
    <EventList
      rows={rows}
      onOpen={onOpen}
      onEndNear={list.loadMore}
      foot={
        <ListFoot
          loading={pages.isFetchingNextPage}
          more={pages.hasNextPage}
          error={pages.error}
          onRetry={() => void pages.refetch()}
          end="No older events in this range."
        />
      }
    />
  );
}

/** Loaded pages with what came in live before them. */
function useEventRows(filters: EventFilters, range: TimeRange) {
  const queryClient = useQueryClient();
  const [paused, setPaused] = useState(false);
  const options = eventsQuery(filters, range);
  const pages = useInfiniteQuery(options);
  const live = useLiveRows({
    stream: eventStream,
    filters: liveFilters(filters),
    paused,
    enabled: endsNow(range),
    onGap: () => void queryClient.resetQueries({ queryKey: options.queryKey }),
  });
  const rows = useMemo(
    () => merged(live.rows, pages.data?.pages.flatMap((page) => page.events) ?? []),
    [live.rows, pages.data],
  );
  const togglePause = useCallback(() => setPaused((before) => !before), []);
  const shortcuts = useMemo(
    () => [{ keys: "p", what: "Pause or resume the live list", run: togglePause }],
    [togglePause],
  );
  useShortcuts(shortcuts);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return { pages, rows, live, paused, togglePause, loadMore };
}

function liveFilters(filters: EventFilters): Record<string, string | readonly string[]> {
  const wanted = Object.entries(filters).filter(([, value]) => value.length > 0);
  return Object.fromEntries(wanted);
}

/** Live rows, then those of the pages that did not come live too. */
function merged(live: readonly SystemEvent[], loaded: readonly SystemEvent[]): readonly SystemEvent[] {
  const known = new Set(live.map((event) => event.eventId));
  return [...live, ...loaded.filter((event) => !known.has(event.eventId))];
}
