import { unavailable } from "@sightline/errors/app-error";
import { z } from "zod";
import { type HttpAnswer, jsonOf } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { outcomeOfStatus } from "../outcome.ts";

const failed = z.object({
  errorMessages: z.array(z.string()).default([]),
  errors: z.record(z.string(), z.string()).default({}),
});
const found = z.object({
  issues: z.array(
    z.object({
      key: z.string(),
      fields: z.object({ status: z.object({ statusCategory: z.object({ key: z.string() }) }) }).optional(),
    }),
  ),
});
const transitions = z.object({ transitions: z.array(z.object({ id: z.string(), name: z.string() })) });

/** An issue as it was found. */
export interface JiraIssue {
  readonly key: string;
  /** Undefined where Jira did not say. */
  readonly done: boolean | undefined;
}

/** Jira says what is wrong as a list, and by field. */
export function answerJira(answer: HttpAnswer, nowMs: number): Outcome {
  const { data } = failed.safeParse(jsonOf(answer));
  const byField = Object.entries(data?.errors ?? {}).map(([field, message]) => `${field}: ${message}`);
  const said = [...(data?.errorMessages ?? []), ...byField].join("; ");
  if (answer.status < 300) return outcomeOfStatus(answer, { nowMs, said: "" });
  return outcomeOfStatus(answer, { nowMs, ...(said !== "" && { said }) });
}

/** The first issue of a search. Throws unavailable where it is none: an issue that is not known of might be opened twice. */
export function foundIssue(answer: HttpAnswer): JiraIssue | undefined {
  const { data } = found.safeParse(jsonOf(answer));
  if (data === undefined) throw unavailable("cannot find the group's issue: Jira's answer is not whole");
  const [issue] = data.issues;
  if (issue === undefined) return undefined;
  const category = issue.fields?.status.statusCategory.key;
  return { key: issue.key, done: category === undefined ? undefined : category === "done" };
}

/** The id of the transition of that name. */
export function transitionId(answer: HttpAnswer, name: string): string | undefined {
  return transitions.safeParse(jsonOf(answer)).data?.transitions.find((one) => one.name === name)?.id;
}
