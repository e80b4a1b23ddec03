import { natsConfig } from "@sightline/bus/connect";
import { postgresConfig } from "@sightline/postgres/pool";
import { sealConfig } from "@sightline/postgres/seal";
import { port, serviceAddress, serviceConfig } from "@sightline/service/config";
import { secret } from "@sightline/service/secret";
import { z } from "zod";

const milliseconds = z.int().min(1);
const origin = z
  .url({ protocol: /^https?$/ })
  .refine((url) => URL.parse(url)?.pathname === "/" && !/[?#@]/.test(url), "expected scheme://host:port and no more")
  .transform((url) => new URL(url).origin);

export const config = z.strictObject({
  ...serviceConfig,
  adminPort: port.default(7204),
  grpcPort: port.default(7103),
  /** Shared by all services: who has it is believed about the tenant. */
  internalToken: secret,
  postgres: postgresConfig.prefault({}),
  /** For each alertmanager.yml, which holds secrets. */
  seal: sealConfig.prefault({}),
  nats: natsConfig.prefault({}),
  storage: serviceAddress("127.0.0.1:7101"),
  /** How often every rule is evaluated. Events are looked at as they come. */
  evaluationIntervalMs: milliseconds.default(15_000),
  /** How often groups of rule files are evaluated that do not say so themselves. */
  ruleEvaluationIntervalMs: z.int().min(1000).default(60_000),
  /** How far back rules of such files look whose group has no query_offset, for data that come late: rule_query_offset of Prometheus. */
  ruleQueryOffsetMs: z.int().min(0).max(86_400_000).default(0),
  /** Groups of rule files that are evaluated at the same time; of one tenant a quarter of that. */
  maxConcurrentRuleGroups: z.int().min(1).max(4096).default(256),
  /** Alerts or series that one rule of a rule file can come to: of more it fails. */
  maxSeriesPerRule: z.int().min(1).default(50_000),
  /** How often at most the state of a group is kept of which only times have changed. */
  ruleTimesIntervalMs: milliseconds.default(10_000),
  /** How often it is looked whether all rule files are evaluated. */
  ruleWatchIntervalMs: milliseconds.default(1000),
  /** How often the routes are told again of what fires on. */
  ruleResendIntervalMs: milliseconds.default(60_000),
  /** How soon a rule that was put by way of another replica counts for events, at the latest. */
  rulesRefreshMs: milliseconds.default(1000),
  /** Rules that are evaluated at the same time. */
  maxConcurrentRules: z.int().min(1).max(64).default(4),
  /** What one query for metrics may take. */
  queryTimeoutMs: milliseconds.default(10_000),
  /** Events that happened longer ago than this when they are looked at fire nothing. */
  maxEventAgeMs: milliseconds.default(24 * 3600_000),
  /** How long after the start the passing of windows waits for what is left on the bus. */
  settleMs: z.int().min(0).default(10_000),
  /** How often replicas without the lease ask for it. */
  leaseRetryMs: milliseconds.default(2000),
  /** How often due notifications and changes are looked for, besides right after an alert was moved. */
  notifyIntervalMs: milliseconds.default(1000),
  /** Channels that are told something at the same time; those of one tenant may be an eighth of them. */
  maxConcurrentChannels: z.int().min(1).max(256).default(128),
  /** Alerts of one notice; more come in another. */
  maxAlertsPerNotice: z.int().min(1).max(1000).default(100),
  /** Whether webhooks may lead to loopback and private networks. Link-local and metadata addresses never. */
  allowPrivateReceivers: z.boolean().default(false),
  /** Origins of the proxies, such as `http://proxy.corp:3128`, that `proxy_url` of an alertmanager.yml may name, wherever they are. Where they lead is theirs to bound. */
  allowedProxies: z.array(origin).max(100).default([]),
  /** Address of the page, for links in notices. */
  externalUrl: z
    .url({ protocol: /^https?$/ })
    .default("http://127.0.0.1:8080")
    .transform((url) => url.replace(/\/+$/, "")),
  /** How long resolved alerts are kept. */
  keepResolvedDays: z.int().min(1).max(3650).default(90),
  /** Routing and telling of alerts. What is a bound is one for each tenant. */
  dispatch: z
    .strictObject({
      maxAlerts: z.int().min(1).default(100_000),
      maxGroups: z.int().min(1).default(20_000),
      maxSilences: z.int().min(1).default(10_000),
      /** How long silences, and maintenance windows that nobody uses, are kept after their end. */
      keepSilencesDays: z.int().min(1).max(3650).default(90),
      /** How long it can be told why somebody was told or not: decisions, and the configurations by which they were made. */
      keepDecisionsDays: z.int().min(1).max(3650).default(30),
      /** Alerts of the past whose labels are kept for that, those that were seen last. */
      maxPastAlerts: z.int().min(1).default(200_000),
      /** Notifications that are sent to one receiver at the same time. */
      maxConcurrentPerReceiver: z.int().min(1).max(256).default(16),
      /** A receiver that fails so often in a row, and for so long, is an alert of its own. */
      failuresUntilAlert: z.int().min(1).default(3),
      failingForMs: milliseconds.default(60_000),
      /** Series of the metric that the kind of receiver `metrics` makes; of all tenants. */
      maxNotifiedSeries: z.int().min(1).default(10_000),
    })
    .prefault({}),
  /** Rule files. What is a bound is one for each tenant. */
  ruleFiles: z
    .strictObject({
      maxFiles: z.int().min(1).default(1000),
      maxFileBytes: z
        .int()
        .min(1)
        .default(1024 * 1024),
      /** Of all files together. */
      maxRules: z.int().min(1).default(20_000),
      /** Versions that are kept of each file. */
      keepVersions: z.int().min(1).default(50),
      /** Files whose versions are kept after they were deleted. */
      keepDeletedFiles: z.int().min(0).default(100),
    })
    .prefault({}),
  /** Alerts that belong together. What is a bound is one for each tenant. */
  incidents: z
    .strictObject({
      /** An incident is over when none of its alerts has fired for so long. */
      quietSeconds: z.int().min(1).max(86_400).default(900),
      /** How often it is looked at what was decided about alerts. */
      intervalMs: milliseconds.default(1000),
      /** Incidents that are not over. */
      maxOpen: z.int().min(1).default(1000),
      /** Alerts of one incident. */
      maxMembers: z.int().min(1).default(1000),
      /** How long incidents are kept that are over. */
      keepDays: z.int().min(1).max(3650).default(365),
    })
    .prefault({}),
  /** Bounds for each tenant. */
  maxRules: z.int().min(1).default(1000),
  maxChannels: z.int().min(1).default(100),
  maxSchedules: z.int().min(1).default(500),
  /** Escalation policies. */
  maxPolicies: z.int().min(1).default(500),
  /** Maintenance windows. */
  maxWindows: z.int().min(1).default(1000),
  /** Users who have contact methods. */
  maxContacts: z.int().min(1).default(10_000),
  /** Alerts that one rule can have open. */
  maxOpenAlertsPerRule: z.int().min(1).default(1000),
  /** Groups (targets, addresses…) that one event rule counts at a time. */
  maxGroupsPerRule: z.int().min(1).default(10_000),
});
export type Config = z.infer<typeof config>;
