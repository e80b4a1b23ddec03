import type { QueryRequest } from "../http/query-api.ts";
import { parametersOfUrl } from "../http/request-parameters.ts";
import { channelRuleAlerts, channelRuleGroup } from "./channel-rules.ts";
import { type ApiContext, answerOf, type Endpoint } from "./endpoint.ts";
import { fileRuleAlerts, fileRuleGroups } from "./file-rules.ts";
import { type RuleQuestion, ruleQuestion } from "./rule-question.ts";

export const ruleEndpoints: readonly Endpoint[] = [
  {
    path: "/rules",
    answer: async (request, context) => {
      const question = ruleQuestion(request.parameters);
      const { groups, next } = await groupsOf(question, request, context);
      return answerOf(question.limit > 0 ? { groups, groupNextToken: next } : { groups });
    },
  },
  {
    path: "/alerts",
    answer: async (request, context) => {
      const [ofFiles, ofChannels] = await Promise.all([
        fileRuleAlerts(ALL_ALERTS, request, context),
        channelRuleAlerts(request, context),
      ]);
      return answerOf({ alerts: [...ofFiles, ...ofChannels] });
    },
  },
  {
    // Sightline tells people itself.
    path: "/alertmanagers",
    answer: async () => answerOf({ activeAlertmanagers: [], droppedAlertmanagers: [] }),
  },
];

const ALL_ALERTS = ruleQuestion(parametersOfUrl(new URL("http://rules/?type=alert")));

/** What the group of rules that name their channels is told by; it comes behind those of files. */
const CHANNEL_RULES = "channel-rules";

/** A page of the groups of rule files and, behind them, the one of rules that name their channels. */
async function groupsOf(question: RuleQuestion, request: QueryRequest, context: ApiContext) {
  const { limit, nextGroup } = question;
  const isBehind = nextGroup === CHANNEL_RULES;
  const [ofFiles, last] = await Promise.all([
    isBehind ? { groups: [], next: "" } : fileRuleGroups(question, request, context),
    channelRuleGroup(question, request, context),
  ]);
  const { groups, next } = ofFiles;
  if (last === undefined || next !== "") return ofFiles;
  const isFull = limit > 0 && groups.length >= limit;
  return isFull ? { groups, next: CHANNEL_RULES } : { groups: [...groups, last], next };
}
