import { parseDetails } from "@sightline/events/details";
import { decodeEvent, textOf, type WireEvent } from "@sightline/events/wire-event";
import { severityOfRank } from "@sightline/model/severity";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { eventView } from "@sightline/query/condition/event-view";
import type { EventView } from "@sightline/query/condition/fields";

/** Events on the wire as conditions see them: nothing is read that no condition asks for. */
export interface WireEventView {
  readonly view: EventView;
  /** The event at hand as an object. */
  event(): SystemEvent;
  /** To be called when another event is at hand. */
  moved(): void;
}

/** Shows whichever event is at hand. */
export function createWireEventView(wire: WireEvent): WireEventView {
  let decoded: SystemEvent | undefined;
  let whole: EventView | undefined;
  let details: EventView["details"];
  const event = () => {
    decoded ??= decodeEvent(wire);
    return decoded;
  };
  const full = () => {
    whole ??= eventView(event(), {});
    return whole;
  };
  const view = {
    // Nearly every condition asks for these two first, which is fastest where they lie there.
    event_type: "",
    severity: severityOfRank(0),
    get event_id() {
      return textOf(wire, wire.eventId);
    },
    get source() {
      return textOf(wire, wire.source);
    },
    get target() {
      return textOf(wire, wire.target) || null;
    },
    get category() {
      return textOf(wire, wire.category) || null;
    },
    get title() {
      return textOf(wire, wire.title);
    },
    get description() {
      return textOf(wire, wire.description) || null;
    },
    get details() {
      details ??= parseDetails(textOf(wire, wire.details)) ?? {};
      return details;
    },
    get health_score() {
      return full().health_score;
    },
    get labels() {
      return full().labels;
    },
    get metadata() {
      return full().metadata;
    },
    get resource_usage() {
      return full().resource_usage;
    },
  };
  return {
    view,
    event,
    moved: () => {
      decoded = undefined;
      whole = undefined;
      details = undefined;
      view.event_type = textOf(wire, wire.eventType);
      view.severity = severityOfRank(wire.severity);
    },
  };
}
