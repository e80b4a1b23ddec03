import { defineIntegration } from "../define-integration.ts";
import type { HttpRequest } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { delivered, refused } from "../outcome.ts";
import type { Sending } from "../sending.ts";
import { answerJira, foundIssue, type JiraIssue, transitionId } from "./answer.ts";
import { type JiraSettings, jiraSettings } from "./config.ts";
import { type JiraRequests, renderJira } from "./render.ts";

/** Issues of Jira: one is kept for a group, found by its label. All but creating it may be repeated. */
export const jira = defineIntegration({
  kind: "jira",
  settings: jiraSettings,
  // Jira Cloud counts what requests cost and answers 429; Data Center does as its administrator likes.
  rateLimits: [],
  rateKey: ({ apiUrl }) => apiUrl,
  async send(settings, sending) {
    const requests = renderJira(settings, sending);
    const found = await sending.fetch(requests.find);
    const outcome = answerJira(found, sending.rim.clock());
    if (!outcome.delivered) return outcome;
    const issue = foundIssue(found);
    if (issue === undefined) {
      const over = sending.notification.status === "resolved";
      return over ? delivered("no issue to close") : call(requests.create, sending);
    }
    const name = transitionOf(settings, sending, issue);
    const updated = await call(requests.update(issue.key), sending, name === "" ? 0 : 2);
    return updated.delivered && name !== "" ? transition(name, sending, { requests, issue }) : updated;
  },
});

async function call(request: HttpRequest, sending: Sending, behind = 0): Promise<Outcome> {
  return answerJira(await sending.fetch(request, behind), sending.rim.clock());
}

/** What opens again what is done and fires, or closes what is open and over; "" where nothing has to, or there is no transition for it. */
function transitionOf(
  { reopenTransition, resolveTransition }: JiraSettings,
  { notification: { status } }: Sending,
  { done }: JiraIssue,
): string {
  if (done !== (status === "firing")) return "";
  return status === "firing" ? reopenTransition : resolveTransition;
}

interface Found {
  readonly requests: JiraRequests;
  readonly issue: JiraIssue;
}

async function transition(name: string, sending: Sending, { requests, issue }: Found): Promise<Outcome> {
  const answer = await sending.fetch(requests.transitions(issue.key), 1);
  const outcome = answerJira(answer, sending.rim.clock());
  if (!outcome.delivered) return outcome;
  const id = transitionId(answer, name);
  if (id === undefined) return refused(`can't find transition ${name} for issue ${issue.key}`);
  return call(requests.transition(issue.key, id), sending);
}
