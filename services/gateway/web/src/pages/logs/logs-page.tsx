import { Button, Tooltip } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconListSearch,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
} from "@tabler/icons-react";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { type LogFilters as Filters, logsQuery, logTimelineQuery } from "../../api/logs.ts";
import { Histogram } from "../../charts/histogram.tsx";
import { SendOtlpHint } from "../../components/data-hints.tsx";
import { FilterLayout } from "../../components/filter-layout.tsx";
import { ListFoot } from "../../components/list-foot.tsx";
import classes from "../../components/list-page.module.css";
import { Page } from "../../components/page.tsx";
import { SearchInput } from "../../components/search-input.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { VirtualRows } from "../../components/virtual-rows.tsx";
import { formatCompact, formatWhole } from "../../format/number.ts";
import { useShortcuts } from "../../keyboard/shortcuts-context.tsx";
import { logStream } from "../../live/live-streams.ts";
import { useLiveRows } from "../../live/use-live-rows.ts";
import { endsNow, rangeLengthMs, rangeOf, type TimeRange } from "../../time/time-range.ts";
import { TimeRangePicker } from "../../time/time-range-picker.tsx";
import { useTimeRange } from "../../time/use-time-range.ts";
import { LogFilters } from "./log-filters.tsx";
import { LogRowView } from "./log-row-view.tsx";
import { bucketMsOf, hasAttributes, type LogRow, logBuckets, logRows } from "./log-rows.ts";
import { useLogFilters } from "./use-log-filters.ts";

/** Search in log records, or follow them as they come. */
export function LogsPage() {
  const [range, setRange] = useTimeRange();
  const { filters, set, active, tail, order } = useLogFilters();
  const tailing = tail && endsNow(range);
  const list = useLogList(filters, range, { order, tailing });
  const toggleTail = useCallback(() => set({ tail: tail ? null : "1", order: null }), [set, tail]);
  const shortcuts = useMemo(() => [{ keys: "t", what: "Start or stop the live tail", run: toggleTail }], [toggleTail]);
  useShortcuts(shortcuts);
  const { timeline, total, isEstimate } = list;
  return (
    <Page
      title="Logs"
      controls={
        <>
          <TailButton tailing={tailing} possible={endsNow(range)} onToggle={toggleTail} />
          <TimeRangePicker range={range} onChange={setRange} />
        </>
      }
    >
      <div className={classes.search}>
        <SearchInput
          value={filters.q}
          onChange={(q) => set({ q })}
          label="Search in log texts"
          placeholder='words, "a phrase", -without'
        />
        <span className="dim nowrap">{totalText(total, isEstimate)}</span>
      </div>
      <FilterLayout
        active={active}
        onClear={() => set({ q: null, service: null, minSeverity: null, traceId: null, attr: null })}
        filters={<LogFilters filters={filters} range={range} onChange={set} />}
      >
        {timeline === undefined ? (
          <div className={classes.chartSpace} />
        ) : (
          <Histogram
            buckets={logBuckets(timeline)}
            bucketMs={bucketMsOf(timeline, rangeLengthMs(range, Date.now()))}
            noun="records"
            onSelect={(start, end) => setRange(rangeOf(start, end))}
          />
        )}
        <Records
          list={list}
          filtered={active > 0}
          tailing={tailing}
          order={order}
          onOrder={() => set({ order: order === "asc" ? null : "asc", tail: null })}
          onFilter={(attribute) => set({ attr: [...new Set([...filters.attributes, attribute])] })}
        />
      </FilterLayout>
    </Page>
  );
}

function TailButton({ tailing, possible, onToggle }: { tailing: boolean; possible: boolean; onToggle: () => void }) {
  const label = possible ? "Show records as they come (t)" : "The range ends in the past: choose one that ends now";
  return (
    <Tooltip label={label}>
      <Button
        variant={tailing ? "filled" : "default"}
        size="sm"
        aria-pressed={tailing}
        disabled={!possible}
        data-testid="live-tail"
        leftSection={tailing ? <IconPlayerStop size={14} aria-hidden /> : <IconPlayerPlay size={14} aria-hidden />}
        onClick={onToggle}
      >
        Live tail
      </Button>
    </Tooltip>
  );
}

interface RecordsProps {
  readonly list: ReturnType<typeof useLogList>;
  readonly filtered: boolean;
  readonly tailing: boolean;
  readonly order: "asc" | "desc";
  readonly onOrder: () => void;
  readonly onFilter: (attribute: string) => void;
}

function Records({ list, filtered, tailing, order, onOrder, onFilter }: RecordsProps) {
  const { pages, rows, live } = list;
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string) =>
    setOpened((before) => new Set(before.has(key) ? [...before].filter((other) => other !== key) : [...before, key]));
  if (pages.isPending) return <SkeletonRows rows={16} />;
  if (pages.isError && rows.length === 0) {
    return <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />;
  }
  if (rows.length === 0) return <NoRecords filtered={filtered} tailing={tailing} />;
  const OrderIcon = order === "asc" ? IconArrowUp : IconArrowDown;
  return (
    <div className={classes.list}>
      <div className={classes.listHead}>
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          leftSection={<OrderIcon size={13} aria-hidden />}
          onClick={onOrder}
        >
          {order === "asc" ? "Oldest first" : "Newest first"}
        </Button>
        {tailing ? (
          <span role="status">
            following{live.dropped > 0 ? `; ${formatWhole(live.dropped)} came too fast to be shown` : ""}
            {live.error === null ? "" : `; ${live.error}`}
          </span>
        ) : (
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            leftSection={<IconRefresh size={13} aria-hidden />}
            onClick={list.refresh}
          >
            Refresh
          </Button>
        )}
      </div>
      <VirtualRows rows={rows} keyOf={keyOf} rowHeight={27} label="Log records" onEndNear={list.loadMore}>
        {({ key, record }) => (
          <LogRowView record={record} opened={opened.has(key)} onToggle={() => toggle(key)} onFilter={onFilter} />
        )}
      </VirtualRows>
      <div className={classes.foot}>
        <ListFoot
          loading={pages.isFetchingNextPage}
          more={pages.hasNextPage}
          error={pages.error}
          onRetry={() => void pages.refetch()}
          end="No more records in this range."
        />
      </div>
    </div>
  );
}

function NoRecords({ filtered, tailing }: { filtered: boolean; tailing: boolean }) {
  return (
    <EmptyState
      icon={<IconListSearch size={34} stroke={1.4} aria-hidden />}
      title={tailing ? "Waiting for the next record" : filtered ? "No record matches" : "No log record in this time"}
    >
      {tailing ? null : filtered ? "Take a filter away or widen the range." : <SendOtlpHint />}
    </EmptyState>
  );
}

const keyOf = (row: LogRow) => row.key;

/** The records of a search with those that came in live before them, and their counts over time. */
function useLogList(
  filters: Filters,
  range: TimeRange,
  { order, tailing }: { order: "asc" | "desc"; tailing: boolean },
) {
  const queryClient = useQueryClient();
  const options = logsQuery(filters, range, tailing ? "desc" : order);
  const pages = useInfiniteQuery(options);
  const counts = useQuery({ ...logTimelineQuery(filters, range), enabled: tailing });
  const refresh = useCallback(() => void queryClient.resetQueries({ queryKey: ["logs"] }), [queryClient]);
  const live = useLiveRows({
    stream: logStream,
    filters: liveFilters(filters),
    paused: false,
    enabled: tailing,
    onGap: () => void queryClient.resetQueries({ queryKey: options.queryKey }),
  });
  const { attributes } = filters;
  const rows = useMemo(() => {
    const loaded = pages.data?.pages.flatMap((page) => page.records) ?? [];
    // The stream knows no attributes: what it sends beyond them is left out here.
    return logRows(
      live.rows.filter((record) => hasAttributes(record, attributes)),
      loaded,
    );
  }, [live.rows, pages.data, attributes]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const first = (tailing ? counts.data : undefined) ?? pages.data?.pages[0];
  return {
    pages,
    rows,
    live,
    refresh,
    loadMore,
    timeline: first?.timeline,
    total: first?.totalCount,
    isEstimate: first?.isEstimate,
  };
}

function liveFilters({ q, service, minSeverity, traceId }: Filters): Record<string, string | readonly string[]> {
  const wanted = Object.entries({ q, service, minSeverity, traceId }).filter(([, value]) => value.length > 0);
  return Object.fromEntries(wanted);
}

/** How many records there are; of a guess only the digits that mean something. */
function totalText(total: number | undefined, isEstimate = false): string {
  if (total === undefined) return "";
  return isEstimate ? `about ${formatCompact(total)} records` : `${formatWhole(total)} records`;
}
