import assert from "node:assert/strict";
import { fingerprintOf } from "../../fingerprint.ts";
import type { Labels, NotificationReason } from "../../notification.ts";
import { createMaintenance } from "../../silence/maintenance.ts";
import type { MaintenanceWindow } from "../../silence/maintenance-window.ts";
import { closeWindow } from "../../silence/open-close.ts";
import { createSilences } from "../../silence/silences.ts";
import type { AcknowledgementTarget } from "../acknowledgements.ts";
import type { Decision } from "../decision.ts";
import type { DispatchConfig } from "../dispatch-config.ts";
import { createDispatcher, type Dispatcher } from "../dispatcher.ts";
import type { Flush } from "../flush.ts";
import type { PostedAlert } from "../kept-alert.ts";
import {
  type Command,
  type Delivery,
  formatTold,
  type PushedAlert,
  parseTimeLine,
  type ToldAlert,
  type Want,
} from "./parse-time-line.ts";

/** A test as text: what is sent when, and what receivers want when. */
export interface TimeLine {
  readonly config: DispatchConfig;
  /** Configurations that `reload` names; without a name it is `config` again. */
  readonly configs?: Readonly<Record<string, DispatchConfig>>;
  /** See `parse-time-line.ts`. */
  readonly lines: string;
  /** What the time 0s is. Default: a Monday at midnight in UTC. */
  readonly begins?: string;
  /** Nothing is told before this time. */
  readonly startDelayMs?: number;
}

/** What a receiver got; times are those of the time line. */
interface Got {
  readonly atMs: number;
  readonly outlet: string;
  readonly reason: NotificationReason;
  readonly alerts: readonly ToldAlert[];
}

export interface Played {
  readonly dispatcher: Dispatcher;
  readonly decisions: readonly Decision[];
  /** What the time 0s is. */
  readonly baseMs: number;
}

/**
 * Plays a time line with a virtual clock. Every notification has to be wanted, and every one that is wanted has to come; what fails is
 * told in the language of time lines.
 */
export function playTimeLine(timeLine: TimeLine): Played {
  const { commands, wants } = parseTimeLine(timeLine.lines);
  const player = createPlayer(timeLine);
  for (const command of commands) {
    player.runTo(command.atMs, "before");
    player.obey(command);
  }
  player.runTo(Math.max(0, ...wants.map(({ toMs }) => toMs), ...commands.map(({ atMs }) => atMs)), "at");
  compare(player.got, wants);
  return player.played();
}

function createPlayer({ config, configs = {}, begins = "2026-01-05T00:00:00Z", startDelayMs = 0 }: TimeLine) {
  const baseMs = Date.parse(begins);
  const decisions: Decision[] = [];
  const got: Got[] = [];
  const deliveries = new Map<string, Delivery>();
  let late: { readonly atMs: number; readonly flush: Flush; readonly inTime: boolean }[] = [];
  let ids = 0;
  const silences = createSilences({ maxSilences: 100, retentionMs: 3_600_000, newId: () => `s${++ids}` });
  const maintenance = createMaintenance({ maxWindows: 100 });
  let current = config;
  let dispatcher = start();

  function start(): Dispatcher {
    return createDispatcher({
      config: current,
      silences,
      maintenance,
      decide: (decision) => decisions.push(decision),
      maxAlerts: 1000,
      maxGroups: 1000,
      externalUrl: "http://here",
      startsAtMs: baseMs + startDelayMs,
    });
  }

  function see(flush: Flush, nowMs: number): void {
    const { reason, alerts } = flush.notification;
    const relative = (timeMs: number | undefined) => (timeMs === undefined ? undefined : timeMs - baseMs);
    got.push({
      atMs: nowMs - baseMs,
      outlet: outletOf(flush, current),
      reason,
      alerts: alerts.map(({ labels, annotations, status, startsAtMs, endsAtMs }) => {
        return { labels, annotations, status, startsMs: relative(startsAtMs), endsMs: relative(endsAtMs) };
      }),
    });
  }

  function deliver(flush: Flush, nowMs: number): void {
    const delivery = deliveries.get(outletOf(flush, current)) ?? { kind: "ok" };
    if (delivery.kind === "takes") {
      const endMs = nowMs + delivery.durationMs;
      late.push({ atMs: Math.min(endMs, flush.deadlineMs), flush, inTime: endMs <= flush.deadlineMs });
      return;
    }
    if (delivery.kind === "ok" || delivery.kind === "unheard") see(flush, nowMs);
    if (delivery.kind === "ok" || delivery.kind === "loses") dispatcher.delivered(flush, { nowMs });
    if (delivery.kind === "fails") dispatcher.failed(flush, { nowMs, error: "500" });
  }

  function settleLate(nowMs: number): void {
    const ready = late.filter(({ atMs }) => atMs <= nowMs);
    late = late.filter(({ atMs }) => atMs > nowMs);
    for (const { atMs, flush, inTime } of ready) {
      if (inTime) see(flush, atMs);
      if (inTime) dispatcher.delivered(flush, { nowMs: atMs });
      else dispatcher.failed(flush, { nowMs: atMs, error: "time-out" });
    }
  }

  /** Does all that is due before a time, or at it too, each at its own. */
  function runTo(timeMs: number, last: "before" | "at"): void {
    const untilMs = baseMs + timeMs;
    while (true) {
      const nextMs = Math.min(dispatcher.nextDueMs() ?? Number.POSITIVE_INFINITY, ...late.map(({ atMs }) => atMs));
      if (nextMs > untilMs || (nextMs === untilMs && last === "before")) return;
      settleLate(nextMs);
      for (const flush of dispatcher.advance(nextMs)) deliver(flush, nextMs);
    }
  }

  function kill(nowMs: number): void {
    const kept = JSON.parse(JSON.stringify(dispatcher.snapshot()));
    late = [];
    dispatcher = start();
    dispatcher.restore(kept, nowMs);
  }

  function windowOf(id: string): MaintenanceWindow {
    return maintenance.get(id) ?? assert.fail(`no such window: ${id}`);
  }

  function obey(command: Command): void {
    const nowMs = baseMs + command.atMs;
    const by = "ada";
    switch (command.kind) {
      case "push":
        assert.deepEqual(
          dispatcher.put(
            command.alerts.map((alert) => posted(alert, baseMs)),
            nowMs,
          ),
          [],
        );
        return;
      case "silence": {
        const [startsAtMs, endsAtMs] = [baseMs + command.fromMs, baseMs + command.toMs];
        silences.set({ matchers: command.matchers, startsAtMs, endsAtMs, createdBy: by, comment: "c" }, nowMs);
        return;
      }
      case "expire":
        silences.expire(command.id, nowMs);
        return;
      case "window": {
        const { id, matchers, fromMs, toMs } = command;
        const schedule = { kind: "once", startsAtMs: baseMs + fromMs, endsAtMs: baseMs + toMs } as const;
        const said = { openings: [], createdBy: by, comment: "c", updatedAtMs: nowMs };
        maintenance.put({ id, name: id, matchers, schedule, ...said });
        return;
      }
      case "close":
        maintenance.put(closeWindow(windowOf(command.id), { key: "", by, nowMs }));
        return;
      case "acknowledge": {
        const { target, untilMs } = command;
        dispatcher.acknowledge(targetOf(target), {
          by,
          note: "",
          atMs: nowMs,
          untilMs: untilMs === undefined ? undefined : baseMs + untilMs,
        });
        return;
      }
      case "unacknowledge":
        assert.ok(dispatcher.unacknowledge(targetOf(command.target), { by, note: "", atMs: nowMs }));
        return;
      case "deliver":
        deliveries.set(command.outlet, command.delivery);
        return;
      case "reload":
        current = configs[command.config] ?? config;
        dispatcher.reload(current, nowMs);
        return;
      case "kill":
        kill(nowMs);
    }
  }

  return { got, runTo, obey, played: (): Played => ({ dispatcher, decisions, baseMs }) };
}

function targetOf(target: Extract<Command, { kind: "unacknowledge" }>["target"]): AcknowledgementTarget {
  return "labels" in target ? { fingerprint: fingerprintOf(target.labels) } : target;
}

function posted({ labels, annotations, startsMs, endsMs, recipients }: PushedAlert, baseMs: number): PostedAlert {
  return {
    labels,
    annotations,
    recipients,
    startsAtMs: startsMs === undefined ? undefined : baseMs + startsMs,
    endsAtMs: endsMs === undefined ? undefined : baseMs + endsMs,
  };
}

/** `default`, or `default[1]` where a receiver has several integrations. */
function outletOf({ receiver, integration, index }: Flush, config: DispatchConfig): string {
  const integrations = config.integrationsOf(receiver);
  if (integrations.length <= 1) return receiver;
  return `${receiver}[${integrations.findIndex((one) => one.kind === integration && one.index === index)}]`;
}

function compare(got: readonly Got[], wants: readonly Want[]): void {
  const missing: string[] = [];
  const left = new Set(got);
  for (const want of wants) {
    const found = [...left].find((one) => isWanted(one, want));
    if (found === undefined) missing.push(want.text);
    else left.delete(found);
  }
  if (missing.length === 0 && left.size === 0) return;
  const describe = (ones: Iterable<Got>) =>
    [...ones].map(({ atMs, outlet, reason, alerts }) => formatTold(atMs, outlet, reason, alerts));
  const lines = (title: string, texts: readonly string[]) => [`${title}:`, ...texts.map((text) => `  ${text}`)];
  const told = [
    ...lines("did not come", missing),
    ...lines("was not wanted", describe(left)),
    ...lines("all that came", describe(got)),
  ];
  assert.fail(`\n${told.join("\n")}`);
}

function isWanted(one: Got, { fromMs, toMs, outlet, reason, alerts }: Want): boolean {
  if (one.atMs < fromMs || one.atMs > toMs || one.outlet !== outlet) return false;
  if (reason !== undefined && one.reason !== reason) return false;
  return (
    one.alerts.length === alerts.length && alerts.every((wanted) => one.alerts.some((alert) => isAlert(alert, wanted)))
  );
}

function isAlert(alert: ToldAlert, wanted: ToldAlert): boolean {
  return (
    alert.status === wanted.status &&
    sameLabels(alert.labels, wanted.labels) &&
    sameLabels(alert.annotations, wanted.annotations) &&
    (wanted.startsMs === undefined || alert.startsMs === wanted.startsMs) &&
    (wanted.endsMs === undefined || alert.endsMs === wanted.endsMs)
  );
}

function sameLabels(a: Labels, b: Labels): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
