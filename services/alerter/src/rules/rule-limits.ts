import { invalid } from "@sightline/errors/app-error";
import type { Rule } from "@sightline/proto/sightline/alert/v1/alert_service";

/** Bounds of what people write into a rule; texts in bytes of UTF-8. */
const limits = {
  name: 128,
  description: 4096,
  entries: 32,
  label: 1024,
  annotation: 4096,
  channels: 16,
  groupBy: 16,
  groupName: 128,
  matchers: 32,
} as const;

const labelName = /^[A-Za-z_][A-Za-z0-9_.]{0,127}$/;

/** What Sightline itself puts on every alert. */
const ownLabels: ReadonlySet<string> = new Set(["alertname", "severity"]);

/** Throws invalid_argument when a text or a list of the rule is too long or malformed, naming the field. */
export function checkRuleTexts(rule: Rule): void {
  if (rule.name.trim() === "") throw refuse("name", "nothing", "a text");
  checkText("name", rule.name, limits.name);
  checkText("description", rule.description, limits.description);
  checkMap("labels", rule.labels, limits.label);
  checkMap("annotations", rule.annotations, limits.annotation);
  for (const name of Object.keys(rule.labels)) {
    if (ownLabels.has(name)) throw refuse("labels", name, "a name other than alertname and severity");
  }
  checkList("channels", rule.channels, limits.channels);
  if (rule.condition?.$case === "metric") {
    const query = rule.condition.value.query;
    checkList("metric.query.matchers", query?.matchers ?? [], limits.matchers);
    checkList("metric.query.group_by", query?.groupBy ?? [], limits.groupBy);
  }
  if (rule.condition?.$case === "event") {
    const { groupBy } = rule.condition.value;
    checkList("event.group_by", groupBy, limits.groupBy);
    for (const name of groupBy) {
      if (name === "") throw refuse("event.group_by", "nothing", "a name");
      checkText("event.group_by", name, limits.groupName);
    }
  }
}

function checkText(field: string, text: string, maxBytes: number): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) throw refuse(field, `${bytes} bytes`, `at most ${maxBytes}`);
}

function checkList(field: string, list: readonly unknown[], max: number): void {
  if (list.length > max) throw refuse(field, `${list.length}`, `at most ${max}`);
}

function checkMap(field: string, map: Readonly<Record<string, string>>, maxBytes: number): void {
  const entries = Object.entries(map);
  if (entries.length > limits.entries) throw refuse(field, `${entries.length}`, `at most ${limits.entries}`);
  for (const [name, value] of entries) {
    if (!labelName.test(name)) throw refuse(field, `the name ${JSON.stringify(name)}`, "letters, digits, _ and points");
    checkText(`${field}.${name}`, value, maxBytes);
  }
}

/** "cannot keep rule: field: got X, want Y". */
export function refuse(field: string, got: string | number, want: string) {
  return invalid(`cannot keep rule: ${field}: got ${got}, want ${want}`);
}
