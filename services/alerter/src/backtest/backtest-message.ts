import type { BacktestAnswer } from "@sightline/backtest/backtest";
import type { RuleFigures } from "@sightline/backtest/episodes";
import type { MissingEpisode } from "@sightline/backtest/missing";
import {
  type BacktestAnswer as AnswerMessage,
  type RuleFigures as FiguresMessage,
  type MissingIncident,
  MissingReason,
} from "@sightline/proto/sightline/alert/v1/backtest_service";

const MAX_LISTED = 200;

const REASONS = {
  does_not_fire: MissingReason.DOES_NOT_FIRE,
  nobody_told: MissingReason.NOBODY_TOLD,
} as const satisfies Record<MissingEpisode["reason"], MissingReason>;

/** The answer as it is sent. */
export function answerToMessage(answer: BacktestAnswer): AnswerMessage {
  const { missed, added } = answer;
  return {
    startUnixMs: BigInt(answer.startMs),
    endUnixMs: BigInt(answer.endMs),
    people: answer.people.map(({ user, timeZone, before, after }) => ({
      ...{ user, timeZone, pagesBefore: before.pages, pagesAfter: after.pages },
      ...{ nightPagesBefore: before.nightPages, nightPagesAfter: after.nightPages },
    })),
    receivers: [...answer.receivers],
    rules: answer.rules.map(({ file, group, rule, before, after }) => ({
      ...{ file, group, rule },
      before: figuresToMessage(before),
      after: figuresToMessage(after),
    })),
    missed: missed.slice(0, MAX_LISTED).map(incidentToMessage),
    missedCount: missed.length,
    added: added.slice(0, MAX_LISTED).map(incidentToMessage),
    addedCount: added.length,
    notes: [...answer.notes],
    evaluations: BigInt(answer.evaluations),
    rangeQueries: BigInt(answer.rangeQueries),
    instantQueries: BigInt(answer.instantQueries),
  };
}

function figuresToMessage(figures: RuleFigures | undefined): FiguresMessage | undefined {
  if (figures === undefined) return undefined;
  const { fired, alerts, firingMs, flaps } = figures;
  return { fired, alerts, firingMs: BigInt(firingMs), flaps };
}

function incidentToMessage({ episode, reason }: MissingEpisode): MissingIncident {
  const { rule, labels, startMs, endMs, isAcknowledged, isEscalated } = episode;
  return {
    ...rule,
    labels: { ...labels },
    startUnixMs: BigInt(startMs),
    endUnixMs: BigInt(endMs ?? 0),
    acknowledged: isAcknowledged,
    escalated: isEscalated,
    reason: REASONS[reason],
  };
}
