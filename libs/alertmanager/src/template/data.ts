// After Data, Alert and Alerts of Alertmanager's template/template.go (0.34, Apache-2.0).
import type { Budget } from "@sightline/gotemplate/budget";
import { func0 } from "@sightline/gotemplate/func";
import { timeOfMs, zeroTime } from "@sightline/gotemplate/time/layout";
import { type List, type ListType, list, type StructType, struct, type Value } from "@sightline/gotemplate/value";
import {
  commonAnnotations,
  commonLabels,
  type Labels,
  type Notification,
  type NotifiedAlert,
} from "../notification.ts";
import { kv } from "./kv.ts";

/** What a template is filled in with. */
export interface TemplateData {
  /** Its dot. */
  readonly dot: Value;
  /** What `routeLabels` gives. */
  readonly routeLabels: Labels;
  /** Whether these are texts; else each of them is a template itself. */
  readonly areRouteLabelsFilledIn: boolean;
}

const alertType: StructType = {
  name: "template.Alert",
  jsonNames: {
    Status: "status",
    Labels: "labels",
    Annotations: "annotations",
    StartsAt: "startsAt",
    EndsAt: "endsAt",
    GeneratorURL: "generatorURL",
    Fingerprint: "fingerprint",
  },
};

const someAlertsType: ListType = { name: "[]template.Alert", element: "template.Alert" };

const alertsType: ListType = {
  name: "template.Alerts",
  element: "template.Alert",
  methods: {
    Firing: (self) => func0((budget) => alertsWith(self, "firing", budget)),
    Resolved: (self) => func0((budget) => alertsWith(self, "resolved", budget)),
  },
};

function alertsWith({ items }: List, status: "firing" | "resolved", budget: Budget): List {
  budget.spend(items.length);
  const found = items.filter((item) => {
    return typeof item === "object" && item?.kind === "struct" && item.fields["Status"] === status;
  });
  return list(found, someAlertsType);
}

const dataType: StructType = {
  name: "*template.Data",
  jsonNames: {
    Receiver: "receiver",
    Status: "status",
    Alerts: "alerts",
    NotificationReason: "notification_reason",
    GroupLabels: "groupLabels",
    CommonLabels: "commonLabels",
    CommonAnnotations: "commonAnnotations",
    RouteLabels: "routeLabels",
    ExternalURL: "externalURL",
  },
};

function alertValue(alert: NotifiedAlert): Value {
  // The end of an alert that fires is only a guess, which nobody is told.
  const endsAtMs = alert.status === "resolved" ? alert.endsAtMs : undefined;
  return struct(alertType, {
    Status: alert.status,
    Labels: kv(alert.labels),
    Annotations: kv(alert.annotations),
    StartsAt: timeOfMs(alert.startsAtMs),
    EndsAt: endsAtMs === undefined ? zeroTime : timeOfMs(endsAtMs),
    GeneratorURL: alert.generatorUrl,
    Fingerprint: alert.fingerprint,
  });
}

/** Go's `regexp.QuoteMeta`: the receiver's name stands in a filter of Alertmanager's page. */
function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}

/** A notification as templates see it. */
export function dataOf(notification: Notification): TemplateData {
  const { receiver, status, alerts, reason, groupLabels, routeLabels, externalUrl } = notification;
  const dot = struct(dataType, {
    Receiver: quoteMeta(receiver),
    Status: status,
    Alerts: list(alerts.map(alertValue), alertsType),
    NotificationReason: reason,
    GroupLabels: kv(groupLabels),
    CommonLabels: kv(commonLabels(alerts)),
    CommonAnnotations: kv(commonAnnotations(alerts)),
    RouteLabels: kv(routeLabels),
    ExternalURL: externalUrl,
  });
  return { dot, routeLabels, areRouteLabelsFilledIn: true };
}
