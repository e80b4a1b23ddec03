import { groupHash } from "../group-hash.ts";
import type { HttpRequest } from "../http.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { GithubSettings } from "./config.ts";

/** In characters: what GitHub's own forms take. */
export const limits = { title: 256, body: 65_536, label: 50 } as const;

/** Answers hold the whole issue. */
const maxAnswerBytes = 2 * 1024 * 1024;

/** What is asked of GitHub for one group. */
export interface GithubRequests {
  /** Finds the group's newest issue by its marker. */
  readonly find: HttpRequest;
  readonly open: HttpRequest;
  comment(issue: number): HttpRequest;
  setState(issue: number, state: "open" | "closed"): HttpRequest;
}

/** The requests for one notification (docs.github.com/rest/issues, rest/search). */
export function renderGithub(settings: GithubSettings, rendering: Rendering): GithubRequests {
  const { apiUrl, owner, repo } = settings;
  const base = apiUrl.replace(/\/+$/, "");
  const issues = `${base}/repos/${owner}/${repo}/issues`;
  const headers = {
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
    authorization: `Bearer ${settings.token.reveal()}`,
  };
  const common = { headers, maxAnswerBytes };
  const query = `"${markerOf(rendering)}" in:body is:issue repo:${owner}/${repo}`;
  const search = `${base}/search/issues?sort=created&order=desc&per_page=1&q=${encodeURIComponent(query)}`;
  return {
    find: { ...common, method: "GET", url: search },
    open: { ...common, url: issues, json: newIssue(settings, rendering) },
    comment: (issue) => ({
      ...common,
      url: `${issues}/${issue}/comments`,
      json: { body: commentOf(settings, rendering) },
    }),
    setState: (issue, state) => ({
      ...common,
      method: "PATCH",
      url: `${issues}/${issue}`,
      json: { state, ...(state === "closed" && { state_reason: "completed" }) },
    }),
  };
}

/** A word that no other issue has, by which the group's is found where its number is not known. */
export function markerOf({ notification }: Pick<Rendering, "notification">): string {
  return `sightline-group-${groupHash(notification.groupKey).slice(0, 40)}`;
}

function newIssue(settings: GithubSettings, rendering: Rendering): object {
  const { fields, notification } = rendering;
  const title = fields.text("title", settings.title, plainTitle(notification));
  const given = fields.text("body", settings.body, plain(rendering));
  const labels = settings.labels.map((label) => fields.cut("labels", fields.text("labels", label, ""), limits.label));
  const assignees = settings.assignees.map((assignee) => fields.text("assignees", assignee, ""));
  const end = `\n\n<sub>${markerOf(rendering)}</sub>`;
  const body = noted(given, rendering);
  return {
    title: fields.cut("title", title.trim() === "" ? plainTitle(notification) : title, limits.title),
    body: fields.cut("body", body, limits.body - end.length) + end,
    labels: labels.filter((label) => label !== ""),
    ...(assignees.length > 0 && { assignees: assignees.filter((assignee) => assignee !== "") }),
  };
}

function commentOf(settings: GithubSettings, rendering: Rendering): string {
  const { fields, notification, acknowledgement } = rendering;
  if (acknowledgement !== undefined) {
    return fields.cut("comment", `Acknowledged by ${acknowledgement.by}. ${acknowledgement.note}`.trim(), limits.body);
  }
  const given = fields.text("comment", settings.comment, `${plainTitle(notification)}\n\n${plain(rendering)}`);
  return fields.cut("comment", noted(given, rendering), limits.body);
}

function plain({ notification }: Rendering): string {
  return `\`\`\`\n${plainText(notification).replaceAll("```", "'''")}\n\`\`\``;
}

function noted(text: string, { fields }: Rendering): string {
  const note = fields.note();
  return note === "" ? text : `${note}\n\n${text}`;
}
