import { Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { eventQuery } from "../../api/events.ts";
import type { SystemEvent } from "../../api/types.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { DetailSection, Field, Fields } from "../../components/fields.tsx";
import { JsonView } from "../../components/json-view.tsx";
import { Labels } from "../../components/labels.tsx";
import { PlainBlock, PlainLine } from "../../components/plain.tsx";
import { SeverityMark } from "../../components/severity.tsx";
import { ErrorState, SkeletonRows } from "../../components/states.tsx";
import { formatBytes, formatPercent, significant } from "../../format/number.ts";
import { Timestamp } from "../../time/timestamp.tsx";
import classes from "./event-drawer.module.css";

/** Everything of one event. `known` is shown at once where the list has it already. */
export function EventDrawer(props: { eventId: string; known: SystemEvent | undefined; onClose: () => void }) {
  const { eventId, known, onClose } = props;
  const loaded = useQuery({ ...eventQuery(eventId), enabled: eventId !== "" && known === undefined });
  const event = known ?? loaded.data;
  return (
    <Drawer opened={eventId !== ""} onClose={onClose} size={620} title="Event" data-testid="event-drawer">
      {event !== undefined ? <EventDetail event={event} /> : null}
      {event === undefined && loaded.isError ? (
        <ErrorState error={loaded.error} onRetry={() => void loaded.refetch()} />
      ) : null}
      {event === undefined && !loaded.isError ? <SkeletonRows rows={8} /> : null}
    </Drawer>
  );
}

function EventDetail({ event }: { event: SystemEvent }) {
  const link = `${window.location.origin}/events?event=${encodeURIComponent(event.eventId)}`;
  return (
    <article className={classes.event}>
      <div className={classes.head}>
        <SeverityMark severity={event.severity} />
        <Timestamp value={event.time} style="full" />
        <span className={classes.tools}>
          <CopyButton text={link} label="Copy a link to this event" kind="link" />
          <CopyButton text={JSON.stringify(event, null, 2)} label="Copy as JSON" />
        </span>
      </div>
      <h2 className={classes.title}>
        <PlainBlock text={event.title} />
      </h2>
      {event.description === "" ? null : <PlainBlock text={event.description} className={classes.description} />}
      <DetailSection title="What and where">
        <Fields>
          <Field name="Type">
            <FilterLink facet="type" value={event.eventType} />
          </Field>
          <Field name="Source">
            <FilterLink facet="source" value={event.source} />
          </Field>
          <Field name="Target">{event.target === "" ? null : <FilterLink facet="target" value={event.target} />}</Field>
          <Field name="Category">
            {event.category === "" ? null : <FilterLink facet="category" value={event.category} />}
          </Field>
          <Field name="Health score">{event.healthScore === undefined ? null : significant(event.healthScore)}</Field>
          <Field name="Used">{usage(event)}</Field>
          <Field name="Received">
            {event.observedTime === null ? null : <Timestamp value={event.observedTime} style="full" />}
          </Field>
          <Field name="Id">
            <span className="mono">{event.eventId}</span>
          </Field>
          {event.metadata === undefined ? null : <MetadataFields metadata={event.metadata} />}
        </Fields>
      </DetailSection>
      <DetailSection title="Details">
        <JsonView value={event.details} />
      </DetailSection>
    </article>
  );
}

function MetadataFields({ metadata }: { metadata: NonNullable<SystemEvent["metadata"]> }) {
  return (
    <>
      <Field name="Trace">
        {metadata.traceId === "" ? null : (
          <Link to={`/traces/${encodeURIComponent(metadata.traceId)}`} className="mono">
            {metadata.traceId}
          </Link>
        )}
      </Field>
      <Field name="Correlation">{metadata.correlationId}</Field>
      <Field name="User">{metadata.userId}</Field>
      <Field name="From">{metadata.sourceIp}</Field>
      <Field name="Labels">
        {Object.keys(metadata.labels).length === 0 ? null : <Labels labels={metadata.labels} max={64} />}
      </Field>
    </>
  );
}

function FilterLink({ facet, value }: { facet: string; value: string }) {
  return (
    <Link to={`/events?${new URLSearchParams({ [facet]: value })}`} title={`All events with this ${facet}`}>
      <PlainLine text={value} className={classes.value} />
    </Link>
  );
}

const usageFormats: Readonly<Record<string, (value: number) => string>> = {
  cpuPercent: (value) => `CPU ${formatPercent(value)}`,
  memoryPercent: (value) => `memory ${formatPercent(value)}`,
  diskPercent: (value) => `disk ${formatPercent(value)}`,
  networkRxBytesPerSecond: (value) => `received ${formatBytes(value)}/s`,
  networkTxBytesPerSecond: (value) => `sent ${formatBytes(value)}/s`,
};

function usage(event: SystemEvent): string {
  return Object.entries(event.resourceUsage ?? {})
    .flatMap(([name, value]) => usageFormats[name]?.(value) ?? [])
    .join(", ");
}
