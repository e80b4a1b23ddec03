import { addressOf, DESTINATIONS } from "./destinations.ts";

/** One line of the palette: where it leads, or what it does. */
export interface Command {
  readonly id: string;
  readonly label: string;
  /** What kind of thing it is, in a word. */
  readonly group: "Go to" | "Search" | "Open" | "Do";
  readonly action: { readonly t: "go"; readonly to: string } | { readonly t: "theme" } | { readonly t: "logout" };
}

const traceIdPattern = /^[0-9a-f]{16,32}$/i;
const eventIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * What the palette offers for a text: the pages and actions whose words begin with the typed ones, what an id names, and
 * searches for the text. `search` is the query of the present address, whose time range is kept.
 */
export function commandsFor(text: string, search: string): readonly Command[] {
  const typed = text.trim();
  const fixed = [...pageCommands(search), ...actionCommands].filter((command) => matches(command.label, typed));
  return typed === "" ? fixed : [...idCommands(typed), ...fixed, ...searchCommands(typed)];
}

function pageCommands(search: string): readonly Command[] {
  return DESTINATIONS.map((destination) => ({
    id: destination.id,
    label: destination.label,
    group: "Go to",
    action: { t: "go", to: addressOf(destination, search) },
  }));
}

const actionCommands: readonly Command[] = [
  { id: "new-rule", label: "New alert rule", group: "Do", action: { t: "go", to: "/alerts/rules/new" } },
  { id: "new-silence", label: "New silence", group: "Do", action: { t: "go", to: "/silences/new" } },
  { id: "silences", label: "Silences", group: "Go to", action: { t: "go", to: "/silences" } },
  { id: "maintenance", label: "Maintenance windows", group: "Go to", action: { t: "go", to: "/silences/maintenance" } },
  { id: "alert-routes", label: "Routes of alerts", group: "Go to", action: { t: "go", to: "/alerts/routes" } },
  { id: "why", label: "Why was I paged?", group: "Go to", action: { t: "go", to: "/alerts/why" } },
  { id: "rules", label: "Alert rules", group: "Go to", action: { t: "go", to: "/alerts/rules" } },
  { id: "channels", label: "Notification channels", group: "Go to", action: { t: "go", to: "/alerts/channels" } },
  { id: "keys", label: "API keys", group: "Go to", action: { t: "go", to: "/settings/keys" } },
  { id: "inbound", label: "Inbound sources", group: "Go to", action: { t: "go", to: "/settings/inbound" } },
  { id: "escalations", label: "Open escalations", group: "Go to", action: { t: "go", to: "/oncall/escalations" } },
  { id: "retention", label: "Retention", group: "Go to", action: { t: "go", to: "/settings/retention" } },
  { id: "explore", label: "Explore metrics", group: "Go to", action: { t: "go", to: "/metrics/explore" } },
  { id: "theme", label: "Switch between dark and light", group: "Do", action: { t: "theme" } },
  { id: "logout", label: "Log out", group: "Do", action: { t: "logout" } },
];

function idCommands(typed: string): readonly Command[] {
  if (traceIdPattern.test(typed)) {
    const id = typed.toLowerCase();
    return [{ id: "trace", label: `Trace ${id}`, group: "Open", action: { t: "go", to: `/traces/${id}` } }];
  }
  if (eventIdPattern.test(typed)) {
    return [{ id: "event", label: `Event ${typed}`, group: "Open", action: { t: "go", to: `/events?event=${typed}` } }];
  }
  return [];
}

function searchCommands(typed: string): readonly Command[] {
  const query = new URLSearchParams({ q: typed });
  const metric = new URLSearchParams({ metric: typed });
  return [
    {
      id: "search-events",
      label: `Events with “${typed}”`,
      group: "Search",
      action: { t: "go", to: `/events?${query}` },
    },
    { id: "search-logs", label: `Logs with “${typed}”`, group: "Search", action: { t: "go", to: `/logs?${query}` } },
    {
      id: "search-metric",
      label: `Metric ${typed}`,
      group: "Search",
      action: { t: "go", to: `/metrics/explore?${metric}` },
    },
  ];
}

function matches(label: string, typed: string): boolean {
  const words = label.toLowerCase().split(" ");
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((part) => words.some((word) => word.startsWith(part)));
}
