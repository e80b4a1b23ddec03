import { Button, NumberInput, SegmentedControl, Select, Switch, TagsInput } from "@mantine/core";
import { IconRefresh, IconRouteOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { servicesQuery, TRACE_LIMIT, type TraceFilters, tracesQuery } from "../../api/traces.ts";
import type { TraceSummary } from "../../api/types.ts";
import { Scatter } from "../../charts/scatter.tsx";
import { SendOtlpHint } from "../../components/data-hints.tsx";
import list from "../../components/list-page.module.css";
import { Page } from "../../components/page.tsx";
import { Panel } from "../../components/panel.tsx";
import { SearchInput } from "../../components/search-input.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { msOf } from "../../time/format-time.ts";
import type { TimeRange } from "../../time/time-range.ts";
import { TimeRangePicker } from "../../time/time-range-picker.tsx";
import { useInterval } from "../../time/use-interval.ts";
import { useTimeRange } from "../../time/use-time-range.ts";
import { useUrlState } from "../../url/use-url-state.ts";
import { TraceRow } from "./trace-row.tsx";
import classes from "./traces-page.module.css";

/** Finds traces by what one of their spans is like. */
export function TracesPage() {
  const [range, setRange] = useTimeRange();
  const { filters, isFiltered } = useTraceFilters();
  const traces = useQuery(tracesQuery(filters, range));
  return (
    <Page
      title="Traces"
      controls={
        <>
          <Button
            variant="default"
            size="sm"
            leftSection={<IconRefresh size={14} aria-hidden />}
            loading={traces.isFetching}
            onClick={() => void traces.refetch()}
          >
            Search again
          </Button>
          <TimeRangePicker range={range} onChange={setRange} />
        </>
      }
    >
      <Form filters={filters} range={range} />
      {traces.isPending ? <SkeletonRows rows={12} /> : null}
      {traces.isError && traces.data === undefined ? (
        <ErrorState error={traces.error} onRetry={() => void traces.refetch()} />
      ) : null}
      {traces.data?.length === 0 ? (
        <EmptyState
          icon={<IconRouteOff size={34} stroke={1.4} aria-hidden />}
          title={isFiltered ? "No trace matches" : "No trace in this time"}
        >
          {isFiltered ? "Take a condition away or widen the range." : <SendOtlpHint />}
        </EmptyState>
      ) : null}
      {traces.data === undefined || traces.data.length === 0 ? null : (
        <Results traces={traces.data} range={range} updatedAt={traces.dataUpdatedAt} />
      )}
    </Page>
  );
}

/** The conditions in the address. */
function useTraceFilters(): { filters: TraceFilters; isFiltered: boolean } {
  const url = useUrlState();
  const filters: TraceFilters = {
    service: url.get("service"),
    name: url.get("name"),
    minDurationMs: url.get("min"),
    maxDurationMs: url.get("max"),
    errors: url.get("errors") === "1",
    attributes: url.all("attr"),
  };
  const { service, name, minDurationMs, maxDurationMs, errors, attributes } = filters;
  const texts = [service, name, minDurationMs, maxDurationMs];
  return { filters, isFiltered: errors || attributes.length > 0 || texts.some((text) => text !== "") };
}

function Form({ filters, range }: { filters: TraceFilters; range: TimeRange }) {
  const url = useUrlState();
  const services = useQuery(servicesQuery(range));
  const names = new Set([
    ...(services.data ?? []).filter(({ spanCount }) => spanCount > 0).map(({ name }) => name),
    ...(filters.service === "" ? [] : [filters.service]),
  ]);
  const milliseconds = (value: string | number) => (Number(value) > 0 ? String(value) : null);
  return (
    <search className={classes.form} aria-label="Traces">
      <Select
        aria-label="Service"
        placeholder="Any service"
        searchable
        clearable
        data={[...names]}
        value={filters.service === "" ? null : filters.service}
        onChange={(service) => url.update({ service }, { push: true })}
      />
      <SearchInput
        value={filters.name}
        onChange={(name) => url.update({ name }, { push: true })}
        label="Name of a span"
        placeholder="Name of a span"
      />
      <NumberInput
        aria-label="At least, milliseconds"
        placeholder="at least"
        suffix=" ms"
        min={0}
        hideControls
        value={filters.minDurationMs}
        onChange={(value) => url.update({ min: milliseconds(value) })}
      />
      <NumberInput
        aria-label="At most, milliseconds"
        placeholder="at most"
        suffix=" ms"
        min={0}
        hideControls
        value={filters.maxDurationMs}
        onChange={(value) => url.update({ max: milliseconds(value) })}
      />
      <TagsInput
        aria-label="Attributes of a span"
        placeholder={filters.attributes.length > 0 ? "" : "attribute=value"}
        value={[...filters.attributes]}
        onChange={(attr) => url.update({ attr }, { push: true })}
      />
      <Switch
        label="Only with errors"
        checked={filters.errors}
        onChange={(event) => url.update({ errors: event.currentTarget.checked ? "1" : null }, { push: true })}
      />
    </search>
  );
}

function Results({
  traces,
  range,
  updatedAt,
}: {
  traces: readonly TraceSummary[];
  range: TimeRange;
  updatedAt: number;
}) {
  const navigate = useNavigate();
  const interval = useInterval(range, updatedAt);
  const [marked, setMarked] = useState("");
  const [order, setOrder] = useState("newest");
  const points = useMemo(
    () =>
      traces.map((trace) => ({
        id: trace.traceId,
        ms: msOf(trace.start),
        nanos: trace.durationNano,
        failed: trace.errorCount > 0,
      })),
    [traces],
  );
  const rows = useMemo(
    () => (order === "newest" ? traces : [...traces].sort((a, b) => b.durationNano - a.durationNano)),
    [traces, order],
  );
  const longest = traces.reduce((most, trace) => Math.max(most, trace.durationNano), 1);
  return (
    <>
      <Panel>
        <Scatter
          points={points}
          interval={interval}
          marked={marked}
          onMark={setMarked}
          onOpen={(traceId) => void navigate(`/traces/${traceId}`)}
        />
      </Panel>
      <div className={list.list}>
        <div className={list.listHead}>
          <span>{traces.length >= TRACE_LIMIT ? `the newest ${traces.length}` : `${traces.length} traces`}</span>
          <SegmentedControl
            size="xs"
            aria-label="Order"
            className={classes.order ?? ""}
            value={order}
            data={[
              { value: "newest", label: "Newest" },
              { value: "longest", label: "Longest" },
            ]}
            onChange={setOrder}
          />
        </div>
        <ul className={classes.rows}>
          {rows.map((trace) => (
            <TraceRow
              key={trace.traceId}
              trace={trace}
              longest={longest}
              marked={trace.traceId === marked}
              onMark={setMarked}
            />
          ))}
        </ul>
      </div>
    </>
  );
}
