import { loadConfig } from "@sightline/alertmanager/config/config";
import { dispatchConfigOf } from "@sightline/alertmanager/dispatch/dispatch-config";
import type { ChangeSet, FileGroup, Routing } from "@sightline/backtest/change-set";
import { invalid } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import type { BacktestRequest } from "@sightline/proto/sightline/alert/v1/backtest_service";
import { formatFileProblem, parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import { knowsAcknowledgements } from "../channels/integrations.ts";
import { DEFAULT_DRAFT } from "../dispatch/activate.ts";
import type { ConfigurationStore } from "../dispatch/configuration-store.ts";
import { recipientPolicy } from "../recipients/recipient-policy.ts";
import { withRecipients } from "../recipients/with-recipients.ts";
import { checkRuleFileName } from "../rule-files/rule-file-name.ts";
import { listRuleFiles, readRuleSources } from "../rule-files/rule-file-store.ts";
import { groupKeyOf } from "../rule-groups/group-id.ts";

export interface SetupOptions {
  readonly sql: Sql;
  readonly configurations: Pick<ConfigurationStore, "find">;
  /** Of groups that say none. */
  readonly defaultIntervalMs: number;
  readonly defaultQueryOffsetMs: number;
  /** Alerts that one rule can come to. */
  readonly maxSeries: number;
  /** Escalation policies that a draft may name. */
  readonly policies: ReadonlySet<string>;
}

const MIN_INTERVAL_MS = 1000;

/** What is in force of a tenant, and what would be by a draft. Throws invalid_argument with all that is wrong with the draft's rules. */
export async function readSetups(tenant: string, draft: BacktestRequest, options: SetupOptions): Promise<ChangeSet> {
  const { sql, configurations, policies } = options;
  const names = (await listRuleFiles(sql, tenant)).map(({ name }) => name);
  const kept = new Map((await readRuleSources(sql, tenant, names)).map(({ name, source }) => [name, source]));
  for (const name of draft.deletedFiles) {
    if (!kept.has(name)) throw invalid(`cannot backtest: there is no rule file ${JSON.stringify(name)} to be deleted`);
  }
  for (const { name } of draft.files) checkRuleFileName(name);
  const gone = new Set(draft.deletedFiles);
  const drafted = new Map([...kept].filter(([name]) => !gone.has(name)));
  for (const { name, source } of draft.files) drafted.set(name, source);
  const wrong = draft.files.flatMap(({ name, source }) =>
    parseRuleFile(source).problems.map((problem) => formatFileProblem(name, problem)),
  );
  if (wrong.length > 0) throw invalid(["cannot backtest: the draft could not be put in force", ...wrong].join("\n"));
  const inForce = routingOf((await configurations.find(tenant))?.source ?? DEFAULT_DRAFT.source);
  return {
    before: { groups: groupsOf(tenant, kept, options), routing: inForce },
    after: {
      groups: groupsOf(tenant, drafted, options),
      routing: draft.configuration === undefined ? inForce : routingOf(draft.configuration, policies),
    },
  };
}

function groupsOf(
  tenant: string,
  files: ReadonlyMap<string, string>,
  { defaultIntervalMs, defaultQueryOffsetMs, maxSeries }: SetupOptions,
): readonly FileGroup[] {
  return [...files].flatMap(([file, source]) =>
    parseRuleFile(source).file.groups.map((group): FileGroup => {
      const limit = Math.min(group.limit || maxSeries, maxSeries);
      const intervalMs = Math.max(MIN_INTERVAL_MS, group.intervalMs ?? defaultIntervalMs);
      const { queryOffsetMs = defaultQueryOffsetMs } = group;
      return {
        file,
        group: { ...group, limit, queryOffsetMs },
        intervalMs,
        key: groupKeyOf({ tenant, file, group: group.name }),
      };
    }),
  );
}

/** Who would be told; nothing that tells anybody is made of it. */
function routingOf(source: string, policies?: ReadonlySet<string>): Routing {
  const config = loadConfig(source, policies === undefined ? {} : { policies });
  const names = new Set(config.receivers.map(({ name }) => name));
  const dispatched = withRecipients(dispatchConfigOf(config), names);
  const policyOf = new Map(config.receivers.map(({ name, sightline }) => [name, sightline?.escalation ?? ""]));
  return {
    dispatch: {
      ...dispatched,
      integrationsOf: (receiver) =>
        dispatched.integrationsOf(receiver).map((one) => ({ ...one, acknowledges: knowsAcknowledgements(one.kind) })),
    },
    policyOf: (receiver) => policyOf.get(receiver) ?? recipientPolicy(receiver)?.name ?? "",
    recipientPolicy,
  };
}
