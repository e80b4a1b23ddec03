interface KindWords {
  readonly name: string;
  readonly note: string;
}

const words: Readonly<Record<string, KindWords>> = {
  logs: { name: "Logs", note: "every record" },
  traces: { name: "Traces", note: "every span" },
  sampled_traces: { name: "Traces, a sample", note: "whole traces, a share of all" },
  metrics: { name: "Metrics", note: "every sample" },
  metric_rollups: { name: "Metrics, rolled up", note: "5 minutes and 1 hour" },
  events: { name: "Events", note: "every event" },
};

/** What people call a kind of records; one that this page does not know by its own name. */
export function nameOfKind(kind: string): KindWords {
  return words[kind] ?? { name: kind, note: "" };
}

/** "1 day", "90 days", "2 years"; 0 is for ever. */
export function daysText(days: number): string {
  if (days === 0) return "for ever";
  if (days % 365 === 0) return days === 365 ? "1 year" : `${days / 365} years`;
  return days === 1 ? "1 day" : `${days} days`;
}
