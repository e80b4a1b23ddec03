import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { formatLabels, labelsOf } from "@sightline/query/promql/labels";
import { z } from "zod";
import type { Context } from "../context.ts";
import { createGatewayClient } from "../gateway-client.ts";
import { counted } from "../print/table.ts";
import { UsageError } from "../usage-error.ts";

export interface TryEventsOptions {
  /** Path of a rule file that is tried in place of those in force. */
  readonly file: string | undefined;
  /** Names of rules; empty: all. */
  readonly rules: readonly string[];
}

const labels = z.record(z.string(), z.string());
const moment = z.string().nullable();
const triedRule = z.looseObject({
  file: z.string(),
  group: z.string(),
  rule: z.string(),
  counted: z.array(z.number()),
  ending: z.array(z.number()),
  alerts: z.array(z.looseObject({ labels, value: z.number(), pending: moment, fired: moment, ended: moment })),
  notes: z.array(z.string()),
});
const answerForm = z.looseObject({
  rules: z.array(triedRule),
  others: z.number(),
  problems: z.array(z.object({ line: z.number(), column: z.number(), message: z.string() })),
});
type TriedRule = z.infer<typeof triedRule>;

/** `sightlinectl rules try`: which events count for which rules, and which alerts they would make. Nobody is told. */
export async function tryEvents(
  { settings, out, signal }: Context,
  paths: readonly string[],
  { file, rules }: TryEventsOptions,
): Promise<void> {
  const events = paths.flatMap((path) => eventsIn(path));
  const body = { events, rules, ...(file !== undefined && { source: textOf(file) }) };
  const answer = await createGatewayClient(settings(), signal).post("/v1/rule-trials", body, answerForm);
  for (const { line, column, message } of answer.problems) out.note(`${file ?? ""}:${line}:${column}: ${message}`);
  if (answer.problems.length > 0) {
    throw new AppError("failed_precondition", `${counted(answer.problems.length, "problem")} in ${file ?? "the file"}`);
  }
  const touched = answer.rules.filter((rule) => rule.counted.length + rule.ending.length > 0);
  out.value(answer, touched.flatMap(linesOf));
  const alerts = touched.reduce((sum, rule) => sum + rule.alerts.length, 0);
  out.note(
    `${counted(events.length, "event")}, ${counted(answer.rules.length, "rule")} of events (${counted(touched.length, "rule")} meant), ${counted(alerts, "alert")}; ${counted(answer.others, "rule")} of other kinds left out`,
  );
}

function linesOf({ file, group, rule, counted: meant, ending, alerts, notes }: TriedRule): readonly string[] {
  const over = ending.length === 0 ? "" : `, over by ${ending.join(" ")}`;
  const place = [file, group].filter((part) => part !== "").join(" ");
  return [
    `${rule} (${place}): counted ${meant.length === 0 ? "none" : meant.join(" ")}${over}`,
    ...alerts.map(({ labels: given, value, pending, fired, ended }) => {
      const times = [said("pending", pending), said("fires", fired), said("over", ended)].join("");
      return `  ${formatLabels(labelsOf(Object.entries(given)))} ${value}:${times}`;
    }),
    ...notes.map((note) => `  ${note}`),
  ];
}

function said(word: string, at: string | null): string {
  return at === null ? "" : ` ${word} ${at}`;
}

/** Events as they may be sent: one, a list, `{"events": […]}`, or one to a line. */
function eventsIn(path: string): readonly unknown[] {
  const text = textOf(path);
  try {
    return listOf(JSON.parse(text));
  } catch {
    return text.split("\n").flatMap((line, at) => (line.trim() === "" ? [] : [lineOf(line, `${path}:${at + 1}`)]));
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const { data } = z.object({ events: z.array(z.unknown()) }).safeParse(value);
  return data?.events ?? [value];
}

function lineOf(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new UsageError(`cannot read ${place}: got no JSON, want events as they are sent`, { cause });
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    throw new UsageError(`cannot read ${path}: ${AppError.from(thrown).message}`, { cause: thrown });
  }
}
