import { AppError } from "@sightline/errors/app-error";
import { defineIntegration } from "../define-integration.ts";
import type { Outcome } from "../integration.ts";
import { delivered, later } from "../outcome.ts";
import type { Sending } from "../sending.ts";
import { answerGithub, foundIssue, type Issue, isGone, issueOf } from "./answer.ts";
import { type GithubSettings, githubSettings } from "./config.ts";
import { type GithubRequests, renderGithub } from "./render.ts";

/** docs.github.com, REST API endpoints for search: requests of one user; they do not count among those that create content. */
const searchLimits = [{ count: 30, perMs: 60_000 }] as const;

/** Issues of a repository: one is opened for a group, commented on while it changes, closed when it is over. */
export const github = defineIntegration({
  kind: "github",
  settings: githubSettings,
  acknowledges: true,
  // docs.github.com, rate limits for the REST API: requests that create content, 80 a minute and 500 an hour.
  rateLimits: [
    { count: 80, perMs: 60_000 },
    { count: 500, perMs: 3_600_000 },
  ],
  rateKey: ({ token }) => token.reveal(),
  async send(settings, sending) {
    const requests = renderGithub(settings, sending);
    const known = await knownIssue(requests, sending);
    if ("outcome" in known) return known.outcome;
    const resolved = sending.notification.status === "resolved";
    if (known.issue === undefined) return resolved ? delivered("no issue to close") : open(requests, sending);
    const outcome = await follow(settings, { requests, sending, issue: known.issue });
    return outcome ?? (resolved ? delivered("the issue is gone") : open(requests, sending));
  },
});

type Known = { readonly issue: Issue | undefined } | { readonly outcome: Outcome };

/** The group's issue, as it was kept or else by its marker: what was kept may have been lost with an attempt. */
async function knownIssue({ find }: GithubRequests, { receiverData, fetch, rim, takeTurn }: Sending): Promise<Known> {
  const { issue, state } = receiverData;
  if (typeof issue === "number") return { issue: { number: issue, state: String(state ?? "open") } };
  try {
    takeTurn("search", searchLimits);
  } catch (thrown) {
    const { message, retryAfterMs, code } = AppError.from(thrown);
    return { outcome: { ...later(message, retryAfterMs, code), isUntold: true } };
  }
  const answer = await fetch(find);
  const outcome = answerGithub(answer, rim.clock());
  return outcome.delivered ? { issue: foundIssue(answer) } : { outcome };
}

async function open(requests: GithubRequests, { fetch, rim }: Sending): Promise<Outcome> {
  const answer = await fetch(requests.open);
  const outcome = answerGithub(answer, rim.clock());
  const issue = issueOf(answer);
  if (!outcome.delivered || issue === undefined) return outcome;
  return delivered(`${answer.status} opened issue ${issue.number}`, { issue: issue.number, state: "open" });
}

interface Following {
  readonly requests: GithubRequests;
  readonly sending: Sending;
  readonly issue: Issue;
}

/**
 * Brings an issue up to date; undefined where it is gone. The state first: setting it may be repeated, commenting would
 * be seen twice.
 */
async function follow(settings: GithubSettings, following: Following): Promise<Outcome | undefined> {
  const { requests, sending, issue } = following;
  const { fetch, rim, notification } = sending;
  const wanted = notification.status === "resolved" && settings.closeResolved ? "closed" : "open";
  if (wanted !== issue.state) {
    const answer = await fetch(requests.setState(issue.number, wanted));
    if (isGone(answer)) return undefined;
    const outcome = answerGithub(answer, rim.clock());
    if (!outcome.delivered) return outcome;
  }
  // An issue that is open reminds by itself.
  const news = notification.reason !== "repeat interval elapsed" || sending.acknowledgement !== undefined;
  const kept = { issue: issue.number, state: wanted };
  if (!news) return delivered(`nothing new for issue ${issue.number}`, kept);
  const answer = await fetch(requests.comment(issue.number));
  if (isGone(answer)) return undefined;
  const outcome = answerGithub(answer, rim.clock());
  if (!outcome.delivered) return outcome;
  return delivered(`${answer.status} commented on issue ${issue.number}`, kept);
}
