import { createHash } from "node:crypto";

/** Names and values that say what an alert is about. */
export type Labels = Readonly<Record<string, string>>;

/**
 * 16 hex digits that are the same for the same rule and the same thing, and for nothing else. `labels` are those that
 * tell the things of one rule apart, not those that the rule puts on all its alerts.
 */
export function fingerprintOf(ruleId: string, labels: Labels): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([ruleId, sorted]))
    .digest("hex")
    .slice(0, 16);
}

/** What a template can show. */
export interface TemplateValues {
  readonly labels: Labels;
  readonly value: number;
}

/**
 * Fills in `{{ $labels.name }}` and `{{ $value }}`, as Prometheus writes them in annotations. A label that is not there
 * becomes "". Everything else stays as it is.
 */
export function fillTemplate(template: string, { labels, value }: TemplateValues): string {
  return template.replace(/\{\{\s*\$(?:value|labels\.([A-Za-z_][A-Za-z0-9_.]*))\s*\}\}/g, (_, name?: string) =>
    name === undefined ? formatValue(value) : labelOf(labels, name),
  );
}

function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? "") : "";
}

/** A number for people: at most four digits that mean something, no exponent where it can be done without. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e15)) return value.toPrecision(4);
  return String(magnitude >= 1000 ? Math.round(value) : Number(value.toPrecision(4)));
}

/** Labels for people: `host=web-1, path=/`. */
export function formatLabels(labels: Labels): string {
  return Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
}
