import { CloseButton } from "@mantine/core";
import { Link } from "react-router";
import type { Span } from "../../api/types.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { Attributes, DetailSection, Field, Fields } from "../../components/fields.tsx";
import { PlainBlock, PlainLine } from "../../components/plain.tsx";
import { formatNanos } from "../../format/number.ts";
import { nanosOf } from "../../time/format-time.ts";
import { Timestamp } from "../../time/timestamp.tsx";
import classes from "./span-detail.module.css";
import type { SpanNode } from "./waterfall-layout.ts";

/** Everything of one span, beside the waterfall. */
export function SpanDetail(props: { node: SpanNode; traceId: string; logsAddress: string; onClose: () => void }) {
  const { node, traceId, logsAddress, onClose } = props;
  const { span } = node;
  return (
    <aside className={classes.panel} aria-label="Span" data-testid="span-detail">
      <header className={classes.head}>
        <h2 className={classes.title}>
          <PlainBlock text={span.name} />
        </h2>
        <CopyButton text={JSON.stringify({ traceId, ...span }, null, 2)} label="Copy as JSON" />
        <CloseButton size="sm" aria-label="Close the span" onClick={onClose} />
      </header>
      {span.statusMessage === "" ? null : <PlainBlock text={span.statusMessage} className={classes.failure} />}
      <Fields>
        <Field name="Service">
          <PlainLine text={span.service} />
        </Field>
        <Field name="Kind">{span.kind}</Field>
        <Field name="Status">{span.status === "error" ? <b className={classes.error}>error</b> : span.status}</Field>
        <Field name="Duration">{formatNanos(node.duration)}</Field>
        <Field name="Itself">{node.children.length === 0 ? "" : formatNanos(node.self)}</Field>
        <Field name="Starts after">{formatNanos(node.offset)}</Field>
        <Field name="Started">
          <Timestamp value={span.start} style="full" />
        </Field>
        <Field name="Span id">
          <span className="mono">{span.spanId}</span>
        </Field>
        <Field name="Parent">
          {span.parentSpanId === "" ? (
            ""
          ) : (
            <span className="mono">
              {span.parentSpanId}
              {node.orphan ? " (not received)" : ""}
            </span>
          )}
        </Field>
      </Fields>
      <p className={classes.links}>
        <Link to={logsAddress}>Logs of this trace</Link>
      </p>
      <DetailSection title="Attributes">
        <Attributes attributes={span.attributes} />
      </DetailSection>
      {span.events.length === 0 ? null : <SpanEvents span={span} />}
      {span.links.length === 0 ? null : (
        <DetailSection title="Links">
          <ul className={classes.list}>
            {span.links.map((link) => (
              <li key={`${link.traceId} ${link.spanId}`}>
                <Link
                  to={`/traces/${encodeURIComponent(link.traceId)}?span=${encodeURIComponent(link.spanId)}`}
                  className="mono"
                >
                  {link.traceId}
                </Link>
              </li>
            ))}
          </ul>
        </DetailSection>
      )}
      <DetailSection title="Resource">
        <Attributes attributes={span.resourceAttributes} />
      </DetailSection>
    </aside>
  );
}

function SpanEvents({ span }: { span: Span }) {
  const start = nanosOf(span.start);
  return (
    <DetailSection title={`Events (${span.events.length})`}>
      <ul className={classes.list}>
        {span.events.map((event, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two events may be alike in all.
          <li key={index} className={classes.event}>
            <div className={classes.eventHead}>
              <b>
                <PlainLine text={event.name} />
              </b>
              <span className="dim">after {formatNanos(Number(nanosOf(event.time) - start))}</span>
            </div>
            {Object.keys(event.attributes).length === 0 ? null : <Attributes attributes={event.attributes} />}
          </li>
        ))}
      </ul>
    </DetailSection>
  );
}
