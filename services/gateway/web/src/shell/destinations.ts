import {
  IconActivityHeartbeat,
  IconBell,
  IconCalendarUser,
  IconChartHistogram,
  IconFileAnalytics,
  IconListDetails,
  IconRoute,
  IconSettings,
  IconTimeline,
  IconUrgent,
} from "@tabler/icons-react";

/** The pages of the navigation, in its order. `key` goes after "g"; `ranged` pages take the time range along. */
export const DESTINATIONS = [
  { id: "overview", path: "/", label: "Overview", key: "o", icon: IconActivityHeartbeat, ranged: false },
  { id: "events", path: "/events", label: "Events", key: "e", icon: IconTimeline, ranged: true },
  { id: "alerts", path: "/alerts", label: "Alerts", key: "a", icon: IconBell, ranged: false },
  { id: "incidents", path: "/incidents", label: "Incidents", key: "i", icon: IconUrgent, ranged: false },
  { id: "oncall", path: "/oncall", label: "On call", key: "c", icon: IconCalendarUser, ranged: false },
  { id: "metrics", path: "/metrics", label: "Metrics", key: "m", icon: IconChartHistogram, ranged: true },
  { id: "logs", path: "/logs", label: "Logs", key: "l", icon: IconListDetails, ranged: true },
  { id: "traces", path: "/traces", label: "Traces", key: "t", icon: IconRoute, ranged: true },
  { id: "reports", path: "/reports", label: "Reports", key: "r", icon: IconFileAnalytics, ranged: false },
  { id: "settings", path: "/settings", label: "Settings", key: "s", icon: IconSettings, ranged: false },
] as const;

export type Destination = (typeof DESTINATIONS)[number];

/** Addresses that links in notices have, and the page that they belong to. */
const BESIDES: Partial<Record<Destination["id"], string>> = { alerts: "/silences" };

/** Whether a path belongs to a page of the navigation. */
export function isWithin({ id, path: own }: Destination, path: string): boolean {
  if (own === "/") return path === "/";
  return [own, BESIDES[id]].some((root) => root !== undefined && (path === root || path.startsWith(`${root}/`)));
}

/** The address of a page, with the range of the present one where both have one. */
export function addressOf(destination: Destination, search: string): string {
  const params = new URLSearchParams(search);
  const kept = new URLSearchParams();
  for (const name of ["start", "end"]) {
    const value = params.get(name);
    if (value !== null) kept.set(name, value);
  }
  return destination.ranged && kept.size > 0 ? `${destination.path}?${kept}` : destination.path;
}
