import { quote } from "@sightline/gotext/quote";
import { expressionProblem } from "../kinds/expression.ts";
import { KINDS } from "../kinds/kinds.ts";
import type { Expression, QueryLanguage, Source } from "../kinds/source.ts";
import { checkTemplate } from "../template/alert-template.ts";
import { createMapReader, type MapReader } from "../yaml/map-reader.ts";
import { createProblems } from "../yaml/problem.ts";
import { checkLabels } from "./check-labels.ts";
import { parseRecipient } from "./recipient.ts";
import { type AlertingRule, type GapPolicy, prometheusPolicies, type Rule } from "./rule-file.ts";

export interface ReadRuleOptions {
  readonly ignoreUnknownFields: boolean;
}

/** Reads one rule; its reader takes what is wrong. */
export function readRule(reader: MapReader, options: ReadRuleOptions): Rule {
  const record = reader.text("record") ?? "";
  const alert = reader.text("alert") ?? "";
  if (record !== "" && alert !== "") reader.refuse("record", "only one of 'record' and 'alert' must be set");
  if (record === "" && alert === "") reader.refuse("record", "one of 'record' or 'alert' must be set");
  const own = reader.map("sightline");
  const source = readSource(reader, own);
  const common = { name: alert || record, labels: reader.labels("labels") ?? {} };
  checkLabels(common.labels, (message) => reader.refuse("labels", message));
  const rule =
    alert === "" && record !== ""
      ? readRecording(reader, source, common)
      : readAlerting(reader, own, { source, common });
  if (!options.ignoreUnknownFields) for (const one of [reader, own]) one?.finish();
  return rule;
}

type Common = Pick<Rule, "name" | "labels">;

function readSource(reader: MapReader, own: MapReader | undefined): Source {
  const kinds = [...(["logql", "traceql"] as const), ...Object.keys(KINDS)].filter((key) => own?.has(key) === true);
  const text = reader.text("expr") ?? "";
  const [first, second] = [...(text === "" ? [] : ["expr"]), ...kinds];
  if (first !== undefined && second !== undefined)
    own?.refuse(second, `got ${first} and ${second}, want only one of them`);
  const [kind] = kinds;
  if (own === undefined || kind === undefined) {
    if (text === "") reader.refuse("expr", "field 'expr' must be set in rule");
    return querySource(text, "promql", (message) => reader.refuse("expr", message));
  }
  if (kind === "logql" || kind === "traceql")
    return querySource(own.text(kind) ?? "", kind, (message) => own.refuse(kind, message));
  const inner = own.map(kind);
  const source = inner && KINDS[kind]?.(inner);
  inner?.finish();
  return source ?? { kind: "query", language: "promql", text };
}

function querySource(text: string, language: QueryLanguage, refuse: (message: string) => void): Source {
  const problem = text === "" ? undefined : expressionProblem({ language, text });
  if (problem !== undefined) refuse(`could not parse expression: ${problem}`);
  return { kind: "query", language, text };
}

function readRecording(reader: MapReader, source: Source, common: Common): Rule {
  const { name } = common;
  for (const field of ["annotations", "for", "keep_firing_for"] as const) {
    if (isSet(reader, field)) reader.refuse("record", `invalid field '${field}' in recording rule`);
  }
  if (!name.isWellFormed()) reader.refuse("record", `invalid recording rule name: ${name}`);
  if (/[{}]/.test(name)) {
    reader.refuse("record", `braces present in the recording rule name; should it be in expr?: ${name}`);
  }
  if (source.kind !== "query")
    reader.refuse("record", "got a kind of rule that nothing can be recorded of, want an expression");
  const expression: Expression = source.kind === "query" ? source : { language: "promql", text: "" };
  return { kind: "recording", ...common, expression: { language: expression.language, text: expression.text } };
}

/** Whether a field says anything: a duration of 0 and a map without entries are as good as none. */
function isSet(reader: MapReader, field: "annotations" | "for" | "keep_firing_for"): boolean {
  if (field !== "annotations") return (reader.durationMs(field) ?? 0) !== 0;
  return Object.keys(reader.labels(field) ?? {}).length > 0;
}

interface AlertParts {
  readonly source: Source;
  readonly common: Common;
}

function readAlerting(reader: MapReader, own: MapReader | undefined, { source, common }: AlertParts): AlertingRule {
  const annotations = reader.labels("annotations") ?? {};
  for (const name of Object.keys(annotations)) {
    if (name === "" || !name.isWellFormed()) reader.refuse("annotations", `invalid annotation name: ${name}`);
  }
  const texts = [
    ...Object.entries(common.labels).map(([name, text]) => ({ field: "labels", what: "label", name, text })),
    ...Object.entries(annotations).map(([name, text]) => ({ field: "annotations", what: "annotation", name, text })),
  ];
  for (const { field, what, name, text } of texts) {
    const problem = text.includes("{{") ? checkTemplate(text, common.name) : undefined;
    if (problem !== undefined) reader.refuse(field, `${what} ${JSON.stringify(name)}: ${problem}`);
  }
  if (source.kind === "burn_rate" && common.labels["severity"] !== undefined) {
    reader.refuse("labels", "got a severity, want it of each of the burn_rates");
  }
  return {
    kind: "alerting",
    ...common,
    source,
    annotations,
    forMs: reader.durationMs("for") ?? 0,
    keepFiringForMs: reader.durationMs("keep_firing_for") ?? 0,
    ...readOwn(own ?? createMapReader({ kind: "null", place: reader.place }, "sightline", createProblems()), source),
  };
}

type OwnFields = Pick<AlertingRule, "nodata" | "evalError" | "lateMs" | "channels" | "recipients">;

function readOwn(own: MapReader, source: Source): OwnFields {
  const lateMs = own.durationMs("late") ?? 0;
  if (lateMs > maxLateMs) own.refuse("late", "late: want at most 1d");
  if (lateMs > 0 && source.kind === "composite") own.refuse("late", "late: want it of the rules that it is made of");
  return {
    nodata: readPolicy(own, "nodata", prometheusPolicies.nodata),
    evalError: readPolicy(own, "eval_error", prometheusPolicies.evalError),
    lateMs,
    channels: own.texts("channels") ?? [],
    recipients: readRecipients(own),
  };
}

/** How many recipients a rule may name: more of them are a receiver of the routes. */
const maxRecipients = 50;

function readRecipients(own: MapReader): readonly string[] {
  const recipients = [...new Set(own.texts("recipients") ?? [])];
  if (recipients.length > maxRecipients) {
    own.refuse("recipients", `recipients: got ${recipients.length}, want at most ${maxRecipients}`);
  }
  const want = "want an e-mail address, a user, schedule:NAME or receiver:NAME";
  for (const recipient of recipients) {
    if (parseRecipient(recipient) === undefined)
      own.refuse("recipients", `recipients: got ${quote(recipient)}, ${want}`);
  }
  return recipients;
}

const maxLateMs = 86_400_000;
const policies = ["keep", "alert", "ok"] as const;

/** Reads `nodata: alert`, or `nodata: { policy: alert, severity: warning, for: 10m }`. */
function readPolicy(own: MapReader, key: string, usual: GapPolicy): GapPolicy {
  const node = own.node(key);
  if (node === undefined) return usual;
  const fields = node.kind === "map" ? own.map(key) : undefined;
  const word = fields === undefined ? own.text(key) : fields.text("policy");
  const policy = policies.find((one) => one === word);
  if (policy === undefined) own.refuse(key, `${key}: got ${word ?? "nothing"}, want one of ${policies.join(", ")}`);
  const read = {
    policy: policy ?? usual.policy,
    severity: fields?.text("severity") ?? usual.severity,
    forMs: fields?.durationMs("for") ?? usual.forMs,
  };
  fields?.finish();
  return read;
}
