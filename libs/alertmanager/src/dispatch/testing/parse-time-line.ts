import assert from "node:assert/strict";
import type { MatcherSource, MatchOperator } from "../../matcher/matcher.ts";
import type { Labels } from "../../notification.ts";

/**
 * The language of time lines. Times are those since the beginning, such as `1s`, `2.5s`, `-100s`, `1h30m`; `#` begins a comment.
 *
 *     at 1s push {alertname=a, job=x} starts 1s ends 4s note=v1
 *     at 1s push {alertname=a} and {alertname=b}
 *     at 1s push {alertname=a} to ops@example.com,dev
 *     between 2s 2.5s want default (first notification) firing {alertname=a} starts 1s and resolved {alertname=b}
 *     at 2s silence {alertname=~"a.*"} from 2s to 4s
 *     at 3s expire s1
 *     at 2s window w1 {job=x} from 2s to 4s
 *     at 3s close w1
 *     at 2s acknowledge {alertname=a} until 10s
 *     at 2s acknowledge group {}:{alertname="a"}
 *     at 2s unacknowledge {alertname=a}
 *     at 2s deliver default[1] fails            (or: ok, loses, unheard, takes 3s)
 *     at 3s reload other
 *     at 3s kill
 */
export interface ParsedTimeLine {
  /** In the order of their times. */
  readonly commands: readonly Command[];
  readonly wants: readonly Want[];
}

/** An alert as it stands in a time line; what is not said of it is undefined. */
export interface AlertText {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsMs: number | undefined;
  readonly endsMs: number | undefined;
}

/** An alert that is sent, and who is to be told of it besides. */
export interface PushedAlert extends AlertText {
  readonly recipients: readonly string[] | undefined;
}

export interface ToldAlert extends AlertText {
  readonly status: "firing" | "resolved";
}

/** What a receiver wants to be told, and when. */
export interface Want {
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly outlet: string;
  readonly reason: string | undefined;
  readonly alerts: readonly ToldAlert[];
}

/** What an integration does with what it is sent. */
export type Delivery =
  | { readonly kind: "ok" }
  /** It answers with an error at once. */
  | { readonly kind: "fails" }
  /** It says that it was delivered, but nobody sees it. */
  | { readonly kind: "loses" }
  /** It is delivered, but whoever sent it is not told. */
  | { readonly kind: "unheard" }
  /** It takes so long; what takes longer than there is time fails. */
  | { readonly kind: "takes"; readonly durationMs: number };

/** What is acknowledged. */
type Target = { readonly labels: Labels } | { readonly groupKey: string };

export type Command = { readonly atMs: number } & (
  | { readonly kind: "push"; readonly alerts: readonly PushedAlert[] }
  | {
      readonly kind: "silence";
      readonly matchers: readonly MatcherSource[];
      readonly fromMs: number;
      readonly toMs: number;
    }
  | { readonly kind: "expire"; readonly id: string }
  | {
      readonly kind: "window";
      readonly id: string;
      readonly matchers: readonly MatcherSource[];
      readonly fromMs: number;
      readonly toMs: number;
    }
  | { readonly kind: "close"; readonly id: string }
  | {
      readonly kind: "acknowledge";
      readonly target: Target;
      readonly untilMs: number | undefined;
    }
  | { readonly kind: "unacknowledge"; readonly target: Target }
  | { readonly kind: "deliver"; readonly outlet: string; readonly delivery: Delivery }
  | { readonly kind: "reload"; readonly config: string }
  | { readonly kind: "kill" }
);

/** Reads a time line. Throws where a line is none. */
export function parseTimeLine(lines: string): ParsedTimeLine {
  const commands: Command[] = [];
  const wants: Want[] = [];
  for (const line of lines.split("\n").map((text) => text.replace(/#.*/, "").trim())) {
    if (line === "") continue;
    const want = /^between (\S+) (\S+) want (\S+)(?: \(([^)]*)\))? (.*)$/.exec(line);
    const [, from = "", to = "", outlet = "", reason, alerts = ""] = want ?? [];
    if (want !== null) {
      wants.push({
        text: line,
        fromMs: parseTime(from),
        toMs: parseTime(to),
        outlet,
        reason,
        alerts: parseTold(alerts),
      });
      continue;
    }
    const [, at = "", kind = "", rest = ""] =
      /^at (\S+) (\S+) ?(.*)$/.exec(line) ?? assert.fail(`not a line of a time line: ${line}`);
    commands.push(parseCommand(parseTime(at), kind, rest));
  }
  return { commands: commands.sort((a, b) => a.atMs - b.atMs), wants };
}

function parseCommand(atMs: number, kind: string, rest: string): Command {
  const words = rest.split(" ");
  const [first = "", second = "", third = ""] = words;
  switch (kind) {
    case "push":
      return { atMs, kind, alerts: rest.split(" and ").map(parsePushed) };
    case "silence":
      return { atMs, kind, ...parsePeriod(rest) };
    case "window":
      return { atMs, kind, id: first, ...parsePeriod(rest.slice(first.length + 1)) };
    case "expire":
    case "close":
      return { atMs, kind, id: first };
    case "acknowledge": {
      const [, what = "", until] = /^(.*?)(?: until (\S+))?$/.exec(rest) ?? [];
      return { atMs, kind, target: parseTarget(what), untilMs: until === undefined ? undefined : parseTime(until) };
    }
    case "unacknowledge":
      return { atMs, kind, target: parseTarget(rest) };
    case "deliver":
      return { atMs, kind, outlet: first, delivery: parseDelivery(second, third) };
    case "reload":
      return { atMs, kind, config: first };
    case "kill":
      return { atMs, kind };
    default:
      return assert.fail(`not a command of a time line: ${kind}`);
  }
}

function parseTarget(what: string): Target {
  return what.startsWith("group ") ? { groupKey: what.slice("group ".length) } : { labels: parseLabels(what) };
}

function parseDelivery(kind: string, duration: string): Delivery {
  if (kind === "takes") return { kind, durationMs: parseTime(duration) };
  if (kind === "ok" || kind === "fails" || kind === "loses" || kind === "unheard") return { kind };
  return assert.fail(`not a way to deliver: ${kind}`);
}

function parsePeriod(text: string): { matchers: MatcherSource[]; fromMs: number; toMs: number } {
  const [, matchers = "", from = "", to = ""] =
    /^\{(.*)\} from (\S+) to (\S+)$/.exec(text) ?? assert.fail(`not matchers with a period: ${text}`);
  return { matchers: pairs(matchers), fromMs: parseTime(from), toMs: parseTime(to) };
}

function parseTold(text: string): ToldAlert[] {
  return text.split(" and ").map((one) => {
    const [, status = "", alert = ""] =
      /^(firing|resolved) (.*)$/.exec(one) ?? assert.fail(`neither firing nor resolved: ${one}`);
    return { ...parseAlert(alert), status: status === "firing" ? "firing" : "resolved" };
  });
}

function parsePushed(text: string): PushedAlert {
  return { ...parseAlert(text), recipients: / to (\S+)/.exec(text)?.[1]?.split(",") };
}

function parseAlert(text: string): AlertText {
  const [, labels = "", rest = ""] = /^(\{.*?\})(.*)$/.exec(text) ?? assert.fail(`not an alert: ${text}`);
  const starts = / starts (\S+)/.exec(rest)?.[1];
  const ends = / ends (\S+)/.exec(rest)?.[1];
  const annotations = [...rest.matchAll(/ (\w+)=(\S+)/g)].map(([, name = "", value = ""]) => [name, value] as const);
  return {
    labels: parseLabels(labels),
    annotations: Object.fromEntries(annotations),
    startsMs: starts === undefined ? undefined : parseTime(starts),
    endsMs: ends === undefined ? undefined : parseTime(ends),
  };
}

function parseLabels(text: string): Labels {
  return Object.fromEntries(pairs(text.slice(1, -1)).map(({ name, value }) => [name, value]));
}

const operators: readonly MatchOperator[] = ["=", "!=", "=~", "!~"];

/** `a=b, c=~"d e"`. */
function pairs(text: string): MatcherSource[] {
  return [...text.matchAll(/([\w.]+)(=~|!~|!=|=)(?:"([^"]*)"|([^,\s]+))/g)].map(([, name = "", sign, quoted, bare]) => {
    const operator = operators.find((one) => one === sign) ?? "=";
    return { name, operator, value: quoted ?? bare ?? "" };
  });
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1.5s`, `1h30m`, `-100s` in milliseconds. */
export function parseTime(text: string): number {
  const [, sign, rest = ""] = /^(-?)((?:[\d.]+(?:ms|[smhd]))+)$/.exec(text) ?? assert.fail(`not a time: ${text}`);
  const parts = [...rest.matchAll(/([\d.]+)(ms|[smhd])/g)];
  const totalMs = parts.reduce((sum, [, amount, unit = ""]) => sum + Number(amount) * (unitMs[unit] ?? 0), 0);
  return Math.round(sign === "-" ? -totalMs : totalMs);
}

/** What was told as a time line says it. */
export function formatTold(atMs: number, outlet: string, reason: string, alerts: readonly ToldAlert[]): string {
  return `at ${atMs / 1000}s ${outlet} (${reason}) ${alerts.map(formatAlert).join(" and ")}`;
}

function formatAlert({ status, labels, annotations, startsMs, endsMs }: ToldAlert): string {
  const list = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const notes = Object.entries(annotations).map(([name, value]) => ` ${name}=${value}`);
  const starts = startsMs === undefined ? "" : ` starts ${startsMs / 1000}s`;
  const ends = endsMs === undefined ? "" : ` ends ${endsMs / 1000}s`;
  return `${status} {${list.join(", ")}}${starts}${ends}${notes.join("")}`;
}
