import { z } from "zod";
import { commonHttpSettings, plainUrl, secretText, template } from "../settings.ts";

const name = z.string().regex(/^[A-Za-z0-9._-]{1,100}$/, "expected a name of GitHub");

/** Keeps an issue of a repository for each group of alerts. */
export const githubSettings = z.strictObject({
  ...commonHttpSettings({ timeoutMs: 20_000 }),
  /** Of GitHub Enterprise: `https://host/api/v3`. */
  apiUrl: plainUrl.default("https://api.github.com"),
  /** May read and write issues of the repository. */
  token: secretText,
  owner: name,
  repo: name,
  title: template.default('{{ template "__subject" . }}'),
  body: template.default('{{ template "__text_alert_list_markdown" .Alerts }}'),
  /** Of a comment, when something has changed. */
  comment: template.default('{{ template "__subject" . }}\n{{ template "__text_alert_list_markdown" .Alerts }}'),
  labels: z.array(template).max(100).default(["alert"]),
  assignees: z.array(template).max(10).default([]),
  /** Whether the issue is closed when all is over, and opened again when it comes back. */
  closeResolved: z.boolean().default(true),
});
export type GithubSettings = z.infer<typeof githubSettings>;
