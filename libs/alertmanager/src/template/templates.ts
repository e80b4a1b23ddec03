import { defaultLimits, type Limits } from "@sightline/gotemplate/template";
import type { Labels, Notification } from "../notification.ts";
import { dataOf, type TemplateData } from "./data.ts";
import { createExpander } from "./expander.ts";

/** A file of templates. */
export interface TemplateSource {
  /** Its name, which messages begin with. */
  readonly name: string;
  readonly text: string;
}

/** How notifications become texts. All of them throw as `Expander.expand` does. */
export interface AlertTemplates {
  /** A text with `{{ … }}` in it, filled in for a notification. */
  expandText(template: string, notification: Notification): string;
  /** The same as HTML: what is put in is escaped for its place. */
  expandHtml(template: string, notification: Notification): string;
  /** The labels of a notification's route, which are templates themselves and may refer to each other by `routeLabels`. */
  expandRouteLabels(labels: Labels, notification: Notification): Labels;
}

/** How templates are filled in. */
export interface TemplateOptions {
  /** What `now` and `since` take for now, in milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly limits?: Limits;
}

/**
 * Alertmanager's own templates, and those of the sources, of which a later one may define anew what is there. Throws invalid_argument
 * where one is wrong, with its name and line.
 */
export function createTemplates(sources: readonly TemplateSource[], options: TemplateOptions): AlertTemplates {
  const { now, limits = defaultLimits } = options;
  const expander = createExpander(sources, { now, limits });
  // A notification becomes many texts.
  const known = new WeakMap<Notification, TemplateData>();
  const dataFor = (notification: Notification) => {
    const data = known.get(notification) ?? dataOf(notification);
    known.set(notification, data);
    return data;
  };
  return {
    expandText: (template, notification) => expander.expand("text", template, dataFor(notification)),
    expandHtml: (template, notification) => expander.expand("html", template, dataFor(notification)),
    expandRouteLabels(labels, notification) {
      const data = { ...dataOf({ ...notification, routeLabels: labels }), areRouteLabelsFilledIn: false };
      const filledIn = Object.entries(labels).map(([name, label]) => [name, expander.expand("text", label, data)]);
      return Object.fromEntries(filledIn);
    },
  };
}
