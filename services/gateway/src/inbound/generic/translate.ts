import { AppError, invalid } from "@sightline/errors/app-error";
import type { Budget } from "@sightline/gotemplate/budget";
import type { Func, Value } from "@sightline/gotemplate/value";
import { INBOUND_LIMITS, tooMany } from "../bounded.ts";
import { withEvent } from "../event-of-alert.ts";
import { filled, msOfText, severityOfWord } from "../fields.ts";
import type { Delivery, TellOptions } from "../kind.ts";
import type { Dropped, Told, ToldAlert, ToldEvent } from "../told.ts";
import { valueOfJson } from "./json-value.ts";
import type { Mapping } from "./mapping.ts";
import { readItems } from "./read.ts";
import { fillIn, functionsOf } from "./template.ts";

/** How Standard Webhooks, and those who have no name for it, call a delivery. */
const deliveryHeaders = ["webhook-id", "idempotency-key"];

interface Filling {
  readonly mapping: Mapping;
  readonly deliveryId: string | undefined;
  readonly fill: (template: string | undefined, item: Value) => string;
}

/** What a payload means by its source's mapping. Throws invalid_argument where the mapping does not fit it at all. */
export function translateGeneric({ header, payload }: Delivery, { settings, budget, nowMs }: TellOptions): Told {
  const { mapping } = settings;
  if (mapping === undefined) throw invalid("cannot read the payload: the source has no mapping");
  const whole = valueOfJson(payload);
  const fill = filler(functionsOf({ payload: whole, nowMs }), budget);
  const items = readItems(payload, mapping.items);
  const named = deliveryHeaders.map(header).find((value) => value !== undefined && value !== "");
  const deliveryId = fill(mapping.deliveryId, whole) || named;
  const filling: Filling = { mapping, deliveryId, fill };
  const told = items.slice(0, INBOUND_LIMITS.alerts).map((item, at) => ofItem(valueOfJson(item), at, filling));
  return {
    deliveryId,
    alerts: told.flatMap(({ alerts }) => alerts),
    events: told.flatMap(({ events }) => events),
    dropped: [...told.flatMap(({ dropped }) => dropped), ...tooMany(items.length, "items")],
  };
}

function filler(functions: ReadonlyMap<string, Func>, budget: Budget): Filling["fill"] {
  return (template, item) => (template === undefined ? "" : fillIn(template, item, { functions, budget }));
}

/** What is wrong with an item is no other's trouble, unless it used up what the templates of all of them may do. */
function ofItem(item: Value, at: number, filling: Filling): Told {
  try {
    return toldItem(item, at, filling);
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code !== "invalid_argument") throw error;
    return { alerts: [], events: [], dropped: [{ reason: "template", what: `item ${at}: ${error.message}` }] };
  }
}

function toldItem(item: Value, at: number, filling: Filling): Told {
  const { mapping, deliveryId } = filling;
  const alert = mapping.labels === undefined ? undefined : alertOf(item, filling, mapping.labels);
  if (alert !== undefined && "dropped" in alert) {
    return { alerts: [], events: [], dropped: [{ ...alert.dropped, what: `item ${at}: ${alert.dropped.what}` }] };
  }
  const event = eventOf(item, at, filling);
  if (alert === undefined) return { alerts: [], events: event === undefined ? [] : [event], dropped: [] };
  const whole = event === undefined ? withEvent(alert, deliveryId) : { ...alert, event };
  return { alerts: [whole], events: [], dropped: [] };
}

function alertOf(
  item: Value,
  { mapping, fill }: Filling,
  templates: Readonly<Record<string, string>>,
): ToldAlert | { readonly dropped: Dropped } {
  const fillAll = (all: Readonly<Record<string, string>>) =>
    filled(Object.fromEntries(Object.entries(all).map(([name, template]) => [name, fill(template, item)])));
  const labels = fillAll(templates);
  if (labels["alertname"] === undefined) {
    return { dropped: { reason: "malformed", what: "its label alertname comes to nothing" } };
  }
  const word = fill(mapping.status, item);
  const status = statusOf(word, mapping);
  if (status === "dropped") {
    return { dropped: { reason: "unknown_status", what: `the status ${JSON.stringify(word.slice(0, 64))}` } };
  }
  return {
    status,
    labels,
    annotations: fillAll(mapping.annotations),
    startsAtMs: msOfText(fill(mapping.startsAt, item)),
    endsAtMs: msOfText(fill(mapping.endsAt, item)),
    link: fill(mapping.link, item),
  };
}

function statusOf(word: string, { firing, resolved, otherwise }: Mapping): Mapping["otherwise"] {
  const is = (one: string) => one.toLowerCase() === word.toLowerCase();
  if (firing.some(is)) return "firing";
  return resolved.some(is) ? "resolved" : otherwise;
}

function eventOf(item: Value, at: number, { mapping, deliveryId, fill }: Filling): ToldEvent | undefined {
  const { event } = mapping;
  if (event === undefined) return undefined;
  const timeMs = msOfText(fill(event.time, item));
  const title = fill(event.title, item);
  const eventType = fill(event.type, item);
  const target = fill(event.target, item);
  return {
    key: JSON.stringify([eventType, target, title, timeMs ?? 0, deliveryId ?? "", at]),
    eventType,
    severity: severityOfWord(fill(event.severity, item), "info"),
    category: fill(event.category, item),
    target,
    title,
    description: fill(event.description, item),
    details: filled(
      Object.fromEntries(Object.entries(event.details).map(([name, template]) => [name, fill(template, item)])),
    ),
    timeMs,
    traceId: fill(event.traceId, item),
  };
}
