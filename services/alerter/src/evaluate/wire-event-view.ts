import { parseDetails } from "@sightline/events/details";
import { decodeEvent, textOf, type WireEvent, walkLabels } from "@sightline/events/wire-event";
import { severityOfRank } from "@sightline/model/severity";
import type { Range } from "@sightline/otlp/range";
import { eventView } from "@sightline/query/condition/event-view";
import type { EventView } from "@sightline/query/condition/fields";

/** Events on the wire as conditions see them: nothing is read that no condition asks for. */
export interface WireEventView {
  readonly view: EventView;
  /** The type of the event at hand, which the view has as well. */
  eventType(): string;
  /** To be called when another event is at hand. */
  moved(): void;
}

/** Shows whichever event is at hand. */
export function createWireEventView(wire: WireEvent): WireEventView {
  let whole: EventView | undefined;
  let details: EventView["details"];
  let labels: EventView["labels"];
  const full = () => {
    whole ??= eventView(decodeEvent(wire), {});
    return whole;
  };
  const orNone = (range: Range) => textOf(wire, range) || null;
  const metadata = {
    get correlation_id() {
      return orNone(wire.metadata.correlationId);
    },
    get trace_id() {
      return orNone(wire.metadata.traceId);
    },
    get span_id() {
      return orNone(wire.metadata.spanId);
    },
    get user_id() {
      return orNone(wire.metadata.userId);
    },
    get source_ip() {
      return orNone(wire.metadata.sourceIp);
    },
    get labels() {
      return view.labels;
    },
  };
  const view = {
    // Every condition asks for these two first, which is fastest where they lie there.
    event_type: "",
    severity: severityOfRank(0),
    get event_id() {
      return textOf(wire, wire.eventId);
    },
    get source() {
      return textOf(wire, wire.source);
    },
    get target() {
      return orNone(wire.target);
    },
    get category() {
      return orNone(wire.category);
    },
    get title() {
      return textOf(wire, wire.title);
    },
    get description() {
      return orNone(wire.description);
    },
    get details() {
      details ??= parseDetails(textOf(wire, wire.details)) ?? {};
      return details;
    },
    get health_score() {
      return full().health_score;
    },
    get labels() {
      labels ??= wire.isDoubled ? full().labels : readLabels(wire);
      return labels;
    },
    get metadata() {
      if (wire.isDoubled) return full().metadata;
      return wire.metadata.message.end === 0 ? undefined : metadata;
    },
    get resource_usage() {
      return full().resource_usage;
    },
  } satisfies EventView;
  return {
    view,
    eventType: () => view.event_type,
    moved: () => {
      whole = undefined;
      details = undefined;
      labels = undefined;
      view.event_type = textOf(wire, wire.eventType);
      view.severity = severityOfRank(wire.severity);
    },
  };
}

function readLabels(wire: WireEvent): Readonly<Record<string, string>> {
  const labels: [string, string][] = [];
  walkLabels(wire, (key, value) => labels.push([textOf(wire, key), textOf(wire, value)]));
  return Object.fromEntries(labels);
}
