import type { AcknowledgementTarget } from "@sightline/alertmanager/dispatch/acknowledgements";
import { createDispatcher } from "@sightline/alertmanager/dispatch/dispatcher";
import type { Flush } from "@sightline/alertmanager/dispatch/flush";
import { createMaintenance } from "@sightline/alertmanager/silence/maintenance";
import type { MaintenanceWindow } from "@sightline/alertmanager/silence/maintenance-window";
import type { Silence } from "@sightline/alertmanager/silence/silence";
import { createSilences } from "@sightline/alertmanager/silence/silences";
import { AppError } from "@sightline/errors/app-error";
import type { Routing } from "./change-set.ts";
import { createEpisodeBook, type EpisodeBook } from "./episodes.ts";
import { createEscalationBook } from "./escalation-book.ts";
import { createDuty, createPageBook, type PageBook, type People } from "./people.ts";
import type { Transition } from "./replay-rules.ts";

/** Something that somebody did about an alert or a group, then. */
export interface PastAction {
  readonly kind: "acknowledge" | "unacknowledge";
  readonly target: AcknowledgementTarget;
  readonly by: string;
  readonly atMs: number;
  /** Of a snooze. */
  readonly untilMs?: number | undefined;
}

/** What both sides have in common. */
export interface Surroundings {
  readonly people: People;
  /** All that were in force at any time, with the times that they have now. */
  readonly silences: readonly Silence[];
  readonly windows: readonly MaintenanceWindow[];
  /** In the order of time. */
  readonly actions: readonly PastAction[];
}

export interface ReplaySideOptions extends Surroundings {
  readonly routing: Routing;
  readonly startMs: number;
  readonly endMs: number;
  readonly maxAlerts: number;
  readonly maxEpisodes: number;
  readonly note: (sentence: string) => void;
}

/** From alerts to people on one side, with a virtual clock. */
export interface ReplaySide {
  /** Does all that is due until then. */
  advanceTo(nowMs: number): void;
  take(transition: Transition): void;
  readonly episodes: EpisodeBook;
  readonly pages: PageBook;
}

/** The integration by which a receiver begins an escalation. */
const ESCALATION = "escalation";
/** How often what is over is removed. */
const TICK_MS = 15 * 60_000;
const FAR_MS = 100 * 365 * 24 * 3_600_000;

export function createReplaySide(options: ReplaySideOptions): ReplaySide {
  const { routing, people, startMs, endMs, maxAlerts, note } = options;
  const { dispatch } = routing;
  const episodes = createEpisodeBook(options.maxEpisodes);
  const pages = createPageBook(people.contacts);
  const dispatcher = createDispatcher({
    config: dispatch,
    ...mutersOf(options),
    decide: () => undefined,
    maxAlerts,
    maxGroups: maxAlerts,
    externalUrl: "",
  });
  const escalations = createEscalationBook({
    people,
    note,
    recipientPolicy: routing.recipientPolicy,
    onCall: createDuty(people.schedules, startMs, endMs),
    canTell: (receiver) => dispatch.integrationsOf(receiver).some(({ kind }) => kind !== ESCALATION),
    onTold(recipient, atMs, fingerprints) {
      if (recipient.kind === "user") pages.person(recipient.user, atMs);
      else pages.receiver(recipient.receiver);
      for (const fingerprint of fingerprints) {
        episodes.mark(fingerprint, "isTold");
        episodes.mark(fingerprint, "isEscalated");
      }
    },
  });
  /** What fired when a group was told last: an acknowledgement of it is one of these. */
  const toldLast = new Map<string, readonly string[]>();
  let actionsDone = 0;
  let tickMs = startMs;
  let counted = "";

  /** A notification counts once, by however many integrations its receiver is told. */
  function deliver(flush: Flush, nowMs: number): void {
    dispatcher.delivered(flush, { nowMs });
    const { receiver, groupKey, notification, integration, acknowledgement } = flush;
    if (integration === ESCALATION) {
      escalations.told(flush, routing.policyOf(receiver), nowMs);
      return;
    }
    if (notification.status === "resolved" || acknowledgement !== undefined) return;
    const key = `${nowMs} ${receiver} ${groupKey}`;
    if (key !== counted) pages.receiver(receiver);
    counted = key;
    for (const { fingerprint, status } of notification.alerts) {
      if (status === "firing") episodes.mark(fingerprint, "isTold");
    }
  }

  function flush(nowMs: number): void {
    for (const due of dispatcher.advance(nowMs)) {
      const { notification, groupKey } = due;
      const firing = notification.alerts.filter(({ status }) => status === "firing");
      toldLast.set(
        groupKey,
        firing.map(({ fingerprint }) => fingerprint),
      );
      if (firing.length === 0) toldLast.delete(groupKey);
      deliver(due, nowMs);
    }
  }

  /** Of what is not there on this side nobody could have taken care. */
  function act({ kind, target, by, atMs, untilMs }: PastAction): void {
    const doing = { by, note: "", atMs };
    try {
      if (kind === "unacknowledge") dispatcher.unacknowledge(target, doing);
      else dispatcher.acknowledge(target, { ...doing, untilMs });
    } catch (thrown) {
      if (AppError.from(thrown).code !== "not_found") throw thrown;
      return;
    }
    if (kind === "unacknowledge") return;
    const alerts = "fingerprint" in target ? [target.fingerprint] : (toldLast.get(target.groupKey) ?? []);
    for (const fingerprint of alerts) episodes.mark(fingerprint, "isAcknowledged");
  }

  function actUntil(nowMs: number): void {
    for (let next = options.actions[actionsDone]; next !== undefined && next.atMs <= nowMs; ) {
      act(next);
      next = options.actions[++actionsDone];
    }
  }

  function tick(nowMs: number): void {
    tickMs = nowMs + TICK_MS;
    // Nothing is kept here: what changed is asked for so that it is forgotten.
    dispatcher.changes();
  }

  return {
    episodes,
    pages,
    advanceTo(untilMs) {
      while (true) {
        const actionMs = options.actions[actionsDone]?.atMs ?? Number.POSITIVE_INFINITY;
        const dispatchMs = dispatcher.nextDueMs() ?? Number.POSITIVE_INFINITY;
        const nextMs = Math.min(actionMs, dispatchMs, escalations.nextDueMs(), tickMs);
        if (nextMs > untilMs) return;
        actUntil(nextMs);
        flush(nextMs);
        escalations.advance(nextMs);
        if (tickMs <= nextMs) tick(nextMs);
      }
    },
    take(transition) {
      const { labels, recipients, to, atMs } = transition;
      if (episodes.take(transition) === undefined) return;
      const endsAtMs = to === "firing" ? atMs + FAR_MS : atMs;
      const [refusal] = dispatcher.put([{ labels, recipients, startsAtMs: atMs, endsAtMs }], atMs);
      if (refusal !== undefined) note(`an alert was left out: ${refusal.message}`);
    },
  };
}

function mutersOf({ silences: kept, windows }: Surroundings) {
  const silences = createSilences({ maxSilences: kept.length, retentionMs: FAR_MS, newId: () => "" });
  silences.learn(kept);
  const maintenance = createMaintenance({ maxWindows: windows.length });
  maintenance.learn(windows);
  return { silences, maintenance };
}
