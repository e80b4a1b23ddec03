import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { parseDuration } from "@sightline/query/promql/durations";
import { formatLabels, labelsOf } from "@sightline/query/promql/labels";
import { z } from "zod";
import type { Context } from "../context.ts";
import { createGatewayClient } from "../gateway-client.ts";
import { type Column, counted, formatTable } from "../print/table.ts";
import { UsageError } from "../usage-error.ts";
import { readLocalFiles } from "./local-files.ts";

export interface BacktestOptions {
  /** Such as `14d`. */
  readonly since: string;
  /** Path of an alertmanager.yml in place of the one in force. */
  readonly routes: string | undefined;
  /** Names of files that would be deleted. */
  readonly without: readonly string[];
  /** Fail when incidents would be missed. */
  readonly failOnMissed: boolean;
}

const pages = z.object({ before: z.number(), after: z.number() });
const figures = z.object({ fired: z.number(), firingSeconds: z.number(), flaps: z.number() }).nullable();
const incident = z.object({
  labels: z.record(z.string(), z.string()),
  start: z.string().nullable(),
  reason: z.enum(["does_not_fire", "nobody_told"]),
});
const incidents = z.object({ count: z.number(), first: z.array(incident.loose()) });
const answerForm = z.looseObject({
  start: z.string().nullable(),
  end: z.string().nullable(),
  people: z.array(z.looseObject({ user: z.string(), pages, nightPages: pages })),
  receivers: z.array(z.object({ receiver: z.string(), notifications: pages })),
  rules: z.array(z.looseObject({ file: z.string(), rule: z.string(), before: figures, after: figures })),
  missed: incidents,
  added: incidents,
  notes: z.array(z.string()),
});
type Answer = z.infer<typeof answerForm>;

/** As long as the server may take. */
const TIMEOUT_MS = 300_000;

/**
 * `sightlinectl rules backtest`: what the server would have told whom with these files in place of those of their names. Nothing is put in force
 * and nobody is told.
 */
export async function backtest(
  { settings, out, signal }: Context,
  paths: readonly string[],
  { since, routes, without, failOnMissed }: BacktestOptions,
): Promise<void> {
  const sinceMs = parseDuration(since);
  if (sinceMs === null) throw new UsageError(`cannot read --since: got ${since}, want a duration such as 14d`);
  const { files, tests } = readLocalFiles(paths);
  for (const path of tests) out.note(`${path}: left out, it has unit tests`);
  const body = {
    sinceSeconds: Math.round(sinceMs / 1000),
    files: files.map(({ name, source }) => ({ name, source })),
    deletedFiles: without,
    ...(routes !== undefined && { configuration: readRoutes(routes) }),
  };
  const gateway = createGatewayClient(settings(), signal);
  const answer = await gateway.post("/v1/backtests", body, answerForm, { timeoutMs: TIMEOUT_MS });
  for (const note of answer.notes) out.note(note);
  out.value(answer, linesOf(answer));
  const missed = answer.missed.count;
  if (failOnMissed && missed > 0) {
    throw new AppError("failed_precondition", `${counted(missed, "incident")} would be missed`);
  }
}

function readRoutes(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    throw new UsageError(`cannot read ${path}: ${AppError.from(thrown).message}`, { cause: thrown });
  }
}

/** A number before and after. */
interface Line extends z.infer<typeof pages> {
  readonly what: string;
}

const columns: readonly Column<Line>[] = [
  { title: "", text: ({ what }) => what },
  { title: "BEFORE", text: ({ before }) => String(before), right: true },
  { title: "AFTER", text: ({ after }) => String(after), right: true },
  { title: "DIFFERENCE", text: ({ before, after }) => signed(after - before), right: true },
];

function signed(difference: number): string {
  return difference > 0 ? `+${difference}` : String(difference);
}

function linesOf(answer: Answer): readonly string[] {
  const { people, receivers, rules, missed, added } = answer;
  const rows: Line[] = [
    ...people.flatMap((one) => [
      { what: `pages of ${one.user}`, ...one.pages },
      { what: `at night of ${one.user}`, ...one.nightPages },
    ]),
    ...receivers.map(({ receiver, notifications }) => ({ what: `notifications to ${receiver}`, ...notifications })),
    ...rules.flatMap(({ file, rule, before, after }) => [
      { what: `${file}: ${rule} fired`, before: before?.fired ?? 0, after: after?.fired ?? 0 },
      { what: "  minutes", before: minutes(before), after: minutes(after) },
      { what: "  again within 15 minutes", before: before?.flaps ?? 0, after: after?.flaps ?? 0 },
    ]),
    { what: "missed incidents", before: 0, after: missed.count },
    { what: "new incidents", before: 0, after: added.count },
  ];
  return [
    `${answer.start ?? ""} to ${answer.end ?? ""}`,
    ...formatTable(columns, rows),
    ...missed.first.map((one) => `missed: ${incidentLine(one)}`),
    ...added.first.map((one) => `new: ${incidentLine(one)}`),
  ];
}

function minutes(of: z.infer<typeof figures>): number {
  return Math.round((of?.firingSeconds ?? 0) / 60);
}

function incidentLine({ labels, start, reason }: z.infer<typeof incident>): string {
  const why = reason === "nobody_told" ? ", of which nobody is told" : "";
  return `${(start ?? "").slice(0, 19)} ${formatLabels(labelsOf(Object.entries(labels)))}${why}`;
}
