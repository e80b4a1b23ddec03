import type { AlertGroup, GroupedAlert } from "../../../api/alert-group-types.ts";

/** One line of the list of groups. */
export type GroupLine =
  | { readonly t: "group"; readonly group: AlertGroup }
  | { readonly t: "alert"; readonly group: AlertGroup; readonly alert: GroupedAlert }
  /** There are more alerts in the group than come with it. */
  | { readonly t: "more"; readonly group: AlertGroup; readonly count: number };

/** Groups as lines: a head, its first alerts, and how many more there are. */
export function linesOf(groups: readonly AlertGroup[]): GroupLine[] {
  return groups.flatMap((group): GroupLine[] => {
    const rest = sizeOf(group) - group.alerts.length;
    const alerts = group.alerts.map((alert): GroupLine => ({ t: "alert", group, alert }));
    const more: GroupLine[] = rest > 0 ? [{ t: "more", group, count: rest }] : [];
    return [{ t: "group", group }, ...alerts, ...more];
  });
}

/** A line's identity. Routes with the same matchers may have groups with the same id. */
export function keyOfLine(line: GroupLine): string {
  const { groupId, receiver } = line.group;
  return `${groupId} ${receiver} ${line.t === "alert" ? line.alert.fingerprint : line.t}`;
}

/** How many alerts a group has. */
export function sizeOf({ firing, acknowledged, suppressed }: AlertGroup): number {
  return firing + acknowledged + suppressed;
}

/** What an alert says: its summary, else its name. */
export function headlineOf({ labels, annotations }: GroupedAlert): string {
  const said = [annotations["summary"], annotations["title"], annotations["message"], annotations["description"]];
  return said.find((text) => text !== undefined && text !== "") ?? labels["alertname"] ?? "alert";
}

/** The labels that tell an alert from others of its group. */
export function ownLabels({ labels }: GroupedAlert, group: AlertGroup): Readonly<Record<string, string>> {
  const own = Object.entries(labels).filter(([name]) => !(name in group.labels) && name !== "severity");
  return Object.fromEntries(own);
}
