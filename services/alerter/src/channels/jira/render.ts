import { invalid } from "@sightline/errors/app-error";
import { fillIn } from "../fill-in.ts";
import { groupHash } from "../group-hash.ts";
import type { HttpRequest } from "../http.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { JiraSettings } from "./config.ts";

/** In characters (Jira's fields; Alertmanager's notify/jira/jira.go). */
export const limits = { summary: 255, description: 32_767 } as const;

/** What is asked of Jira for one group. */
export interface JiraRequests {
  /** Finds the group's issue by its label. */
  readonly find: HttpRequest;
  readonly create: HttpRequest;
  update(key: string): HttpRequest;
  transitions(key: string): HttpRequest;
  transition(key: string, id: string): HttpRequest;
}

/** The requests for one notification (developer.atlassian.com, Jira REST API 2 and 3). */
export function renderJira(settings: JiraSettings, rendering: Rendering): JiraRequests {
  const base = settings.apiUrl.replace(/\/+$/, "");
  const headers = { "accept-language": "en" };
  const issue = (key: string) => `${base}/issue/${encodeURIComponent(key)}`;
  const fields = issueFields(settings, rendering);
  return {
    find: {
      url: searchUrl(base, settings.apiType),
      headers,
      json: { jql: jqlOf(settings, rendering), maxResults: 2, fields: ["status"] },
    },
    create: { url: `${base}/issue`, headers, json: { fields } },
    update: (key) => ({ method: "PUT", url: issue(key), headers, json: { fields: updated(settings, fields) } }),
    transitions: (key) => ({ method: "GET", url: `${issue(key)}/transitions`, headers }),
    transition: (key, id) => ({ url: `${issue(key)}/transitions`, headers, json: { transition: { id } } }),
  };
}

/** Jira Cloud has taken the older search away; Data Center does not have the newer one. */
function searchUrl(base: string, apiType: JiraSettings["apiType"]): string {
  const isCloud = apiType === "cloud" || (apiType === "auto" && new URL(base).hostname.endsWith("atlassian.net"));
  return isCloud ? `${base}/search/jql`.replace("/rest/api/2/", "/rest/api/3/") : `${base}/search`;
}

function labelOf({ notification }: Rendering): string {
  return `ALERT{${groupHash(notification.groupKey)}}`;
}

/** The group's issue that is open, or was closed so lately that it is opened again. */
function jqlOf(settings: JiraSettings, rendering: Rendering): string {
  const { wontFixResolution, reopenTransition, reopenDurationMs } = settings;
  const minutes = Math.floor(reopenDurationMs / 60_000);
  const reopens = rendering.notification.status === "firing" && reopenTransition !== "" && minutes > 0;
  const project = rendering.fields.must("project", settings.project);
  return [
    // An unresolved issue has no resolution that could be another.
    ...(wontFixResolution === "" ? [] : [`(resolution is EMPTY or resolution != ${quoted(wontFixResolution)})`]),
    reopens ? `(resolutiondate is EMPTY OR resolutiondate >= -${minutes}m)` : "statusCategory != Done",
    `project=${quoted(project)}`,
    `labels=${quoted(labelOf(rendering))} order by status ASC,resolutiondate DESC`,
  ].join(" and ");
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

type IssueFields = Readonly<Record<string, unknown>>;

function issueFields(settings: JiraSettings, rendering: Rendering): IssueFields {
  const { fields, notification } = rendering;
  const own = Object.entries(settings.fields).map(([name, value]) => [
    name,
    fillIn(value, (text) => fields.text(`fields.${name}`, text, "")),
  ]);
  const labels = settings.labels.map((label) => fields.text("labels", label, "")).filter((label) => label !== "");
  const priority = fields.text("priority", settings.priority, "");
  const summary = fields.text("summary", settings.summary.template, plainTitle(notification));
  const description = descriptionOf(settings, rendering);
  return {
    ...Object.fromEntries(own),
    project: { key: fields.must("project", settings.project) },
    issuetype: { name: fields.must("issueType", settings.issueType) },
    summary: fields.cut("summary", summary, limits.summary),
    ...(description !== undefined && { description }),
    labels: [...labels, labelOf(rendering)].sort(),
    ...(priority !== "" && { priority: { name: priority } }),
  };
}

/** Text, or in version 3 of the API a document of Atlassian's as JSON. */
function descriptionOf(settings: JiraSettings, { fields, notification }: Rendering): unknown {
  const given = fields.text("description", settings.description.template, plainText(notification));
  const note = fields.note();
  const text = fields.cut(
    "description",
    note === "" ? given : `${note}\n${plainText(notification)}`,
    limits.description,
  );
  if (!/\/3\/?$/.test(settings.apiUrl)) return text === "" ? undefined : text;
  if (note !== "") return { type: "doc", version: 1, content: [paragraph(text)] };
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("cannot use the description: version 3 of Jira's API wants JSON");
  }
}

function paragraph(text: string): object {
  return { type: "paragraph", content: [{ type: "text", text }] };
}

/** An issue that is there keeps what people may have changed, unless that is wanted otherwise. */
function updated({ summary, description }: JiraSettings, fields: IssueFields): IssueFields {
  const kept = Object.entries(fields).filter(
    ([name]) =>
      (name !== "summary" || summary.enableUpdate !== false) &&
      (name !== "description" || description.enableUpdate !== false),
  );
  return Object.fromEntries(kept);
}
