import { AppError, type ErrorCode, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { TestedIntegration } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import type {
  NamedRecipient,
  TestRuleRequest,
  TestRuleResponse,
  ToldReceiver,
} from "@sightline/proto/sightline/alert/v1/rule_trial_service";
import { activesOf } from "@sightline/rules/evaluate/alert-texts";
import type { AlertingPlan } from "@sightline/rules/evaluate/plan";
import { createExpandTemplate } from "@sightline/rules/template/alert-template";
import type { DispatchViews } from "../alertmanager/dispatch-views.ts";
import type { LeftByTest, ReceiverTests } from "../alertmanager/receiver-test.ts";
import { integrationNames, type RoutingPreviews } from "../alertmanager/routing-preview.ts";
import type { ChannelCalls } from "../channels/channel-calls.ts";
import { maxTimeoutMs } from "../channels/settings.ts";
import type { GroupsInForce } from "../rule-files/groups-in-force.ts";

export interface RuleTestsOptions {
  readonly files: GroupsInForce;
  readonly clock: Clock;
  readonly views: Pick<DispatchViews, "of">;
  readonly routings: Pick<RoutingPreviews, "preview">;
  readonly receivers: ReceiverTests;
  readonly channels: Pick<ChannelCalls, "test">;
  readonly externalUrl: string;
}

/** Says who is told of a rule's alerts, and tries it. Everything is of the given tenant. */
export interface RuleTests {
  /** Throws not_found, failed_precondition where several rules have the name, invalid_argument for labels that no alert can have. */
  testRule(tenant: string, request: TestRuleRequest, signal: AbortSignal): Promise<TestRuleResponse>;
}

interface FoundRule {
  readonly file: string;
  readonly group: string;
  readonly plan: AlertingPlan;
}

export function createRuleTests(options: RuleTestsOptions): RuleTests {
  const { files, clock, views, routings, externalUrl } = options;
  const expand = createExpandTemplate({ externalLabels: {}, externalUrl, query: async () => [] });
  return {
    async testRule(tenant, request, signal) {
      const { file, group, plan } = await find(files, tenant, request);
      const [alert] = await activesOf(plan, [{ labels: request.labels, value: 1 }], { atMs: clock(), expand });
      if (alert === undefined) throw new AppError("internal", "cannot test the rule: it makes no alert of a series");
      const { labels, annotations } = alert;
      const { alerts } = await routings.preview(tenant, { alerts: [{ labels }], draft: undefined });
      const { dispatch, ...configuration } = (await views.of(tenant)).configuration();
      const recipients = plan.rule.recipients.map((recipient): NamedRecipient => {
        const receiver = dispatch.recipientRoute?.(recipient)?.options.receiver ?? "";
        const integrations = receiver === "" ? [] : integrationNames({ ...configuration, dispatch }, receiver);
        return { recipient, receiver, integrations };
      });
      const channels = [...plan.rule.channels];
      const routed = alerts.flatMap(({ routes }) => routes.map(({ path }) => path.at(-1)?.receiver ?? ""));
      const named = recipients.map(({ receiver }) => receiver).filter((receiver) => receiver !== "");
      const test = { tenant, request, labels, annotations: marked(annotations, request), signal };
      const told = request.send
        ? await Promise.all([
            ...[...new Set([...routed, ...named])].map((receiver) => tellReceiver(receiver, test, options)),
            ...channels.map((channel) => tellChannel(channel, test, options)),
          ])
        : [];
      return { ...{ file, group, labels, annotations, routing: alerts[0], recipients, channels }, told: told.flat() };
    },
  };
}

async function find(files: GroupsInForce, tenant: string, request: TestRuleRequest): Promise<FoundRule> {
  const { rule: name, file: inFile, group: inGroup } = request;
  if (name === "") throw invalid("cannot test the rule: got no name, want one");
  const groups = (await files.groupsOf(tenant)).filter(
    ({ file, group }) => (inFile === "" || inFile === file) && (inGroup === "" || inGroup === group.name),
  );
  const found = groups.flatMap(({ file, group, plan }) =>
    plan().rules.flatMap((rule) =>
      rule.kind === "alerting" && rule.rule.name === name ? [{ file, group: group.name, plan: rule }] : [],
    ),
  );
  const [first] = found;
  if (first === undefined) {
    throw new AppError(
      "not_found",
      `cannot test the rule ${JSON.stringify(name.slice(0, 200))}: none of that name is in force`,
    );
  }
  const places = [...new Set(found.map(({ file, group }) => `${file} (${group})`))];
  if (places.length > 1) {
    const where = places.slice(0, 5).join(", ");
    throw new AppError(
      "failed_precondition",
      `cannot test the rule ${name}: got several, in ${where}, want file and group`,
    );
  }
  // Of those with one name in one group, such as by severity, the first stands for all.
  return first;
}

/** Nobody shall take it for a real one. */
function marked(
  annotations: Readonly<Record<string, string>>,
  { rule, userId }: TestRuleRequest,
): Record<string, string> {
  const { summary = rule, description = "" } = annotations;
  const who = userId === "" ? "Somebody" : userId;
  const said = `${who} tests who is told of the rule ${rule}. Nothing is wrong. ${description}`;
  return { ...annotations, summary: `[TEST] ${summary}`, description: said.trim() };
}

interface Test {
  readonly tenant: string;
  readonly request: TestRuleRequest;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Record<string, string>;
  readonly signal: AbortSignal;
}

/** With these a receiver was not told anything. */
const TOLD_NOBODY: ReadonlySet<ErrorCode> = new Set(["not_found", "invalid_argument", "resource_exhausted"]);

/** Longer than what a receiver's integrations get to answer. */
const TELL_MS = maxTimeoutMs + 5000;

/**
 * Tells a receiver that the rule fires, and that it is over: that too whoever has left meanwhile and whatever came of the first, as what was
 * opened would stay open.
 */
async function tellReceiver(receiver: string, test: Test, { receivers }: RuleTestsOptions): Promise<ToldReceiver[]> {
  const { tenant, request, annotations, signal } = test;
  const about = { receiver, draft: undefined, labels: { ...test.labels }, annotations, userId: request.userId };
  const left: LeftByTest = new Map();
  signal.throwIfAborted();
  const tell = async (resolved: boolean): Promise<ToldReceiver> => {
    const own = AbortSignal.timeout(TELL_MS);
    const integrations = await receivers.test(tenant, { ...about, resolved }, own, left);
    return { receiver, resolved, integrations, problem: "" };
  };
  const told: ToldReceiver[] = [];
  for (const resolved of [false, true]) {
    try {
      told.push(await tell(resolved));
    } catch (thrown) {
      const error = AppError.from(thrown);
      told.push(untold(receiver, error, { resolved }));
      if (TOLD_NOBODY.has(error.code)) break;
    }
  }
  return told;
}

async function tellChannel(name: string, test: Test, { channels }: RuleTestsOptions): Promise<ToldReceiver[]> {
  const receiver = `channel:${name}`;
  const startedMs = performance.now();
  try {
    const { delivered, outcome } = await channels.test(test.tenant, name, test.signal);
    const elapsedMs = BigInt(Math.round(performance.now() - startedMs));
    const sentence = `The channel ${name} ${delivered ? "took it" : "did not take it"}: ${outcome}.`;
    const tested: TestedIntegration = { integration: name, delivered, outcome, remarks: [], elapsedMs, sentence };
    return [{ receiver, resolved: false, integrations: [tested], problem: "" }];
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (test.signal.aborted) throw error;
    return [untold(receiver, error, { resolved: false })];
  }
}

/** One who cannot be told leaves the others theirs. */
function untold(receiver: string, error: AppError, { resolved }: Pick<ToldReceiver, "resolved">): ToldReceiver {
  return { receiver, resolved, integrations: [], problem: error.message };
}
