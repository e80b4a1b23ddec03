import { hideSecrets } from "@sightline/alertmanager/config/hidden-secrets";
import { invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type {
  GetConfigurationResponse,
  ListReceiversRequest,
  PutConfigurationRequest,
  PutConfigurationResponse,
  Receiver,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { DEFAULT_DRAFT } from "../dispatch/activate.ts";
import type { ActiveConfiguration } from "../dispatch/active-configuration.ts";
import type { ConfigurationStore } from "../dispatch/configuration-store.ts";
import { AS_IT_IS_MS, listKept } from "../oncall/revision-store.ts";
import { matchesFilter, readMatchers } from "./alert-filter.ts";
import type { Drafts } from "./drafts.ts";

export interface ConfigurationCallsOptions {
  readonly sql: Pool;
  readonly configurations: ConfigurationStore;
  readonly clock: Clock;
  readonly drafts: Drafts;
  configurationOf(tenant: string): Promise<ActiveConfiguration>;
  /** Called after a configuration was put. */
  readonly onChanged: () => void;
}

/** A tenant's alertmanager.yml, as people read and put it. */
export interface ConfigurationCalls {
  get(tenant: string): Promise<GetConfigurationResponse>;
  /**
   * All or nothing. Throws invalid_argument with everything that is wrong, a line each, and failed_precondition where another version is in
   * force than is to be changed.
   */
  put(tenant: string, request: PutConfigurationRequest): Promise<PutConfigurationResponse>;
  receivers(tenant: string, request: ListReceiversRequest): Promise<Receiver[]>;
}

const maxTemplateBytes = 1024 * 1024;

export function createConfigurationCalls(options: ConfigurationCallsOptions): ConfigurationCalls {
  const { sql, configurations, clock, drafts, configurationOf, onChanged } = options;
  return {
    async get(tenant) {
      const [{ plain }, kept] = await Promise.all([configurationOf(tenant), configurations.find(tenant)]);
      const { version, source, templates } = kept ?? DEFAULT_DRAFT;
      return {
        version: BigInt(version),
        source: hideSecrets(source),
        plainSource: plain,
        templates: { ...templates },
        author: kept?.author ?? "",
        createdAtUnixMs: BigInt(kept?.createdAt.getTime() ?? 0),
      };
    },

    async put(tenant, { source, templates, author, onlyCheck, keepTemplates, expectedVersion }) {
      const bytes = Object.values(templates).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      if (bytes > maxTemplateBytes) {
        throw invalid(`cannot keep configuration: templates: got ${bytes} bytes, want at most ${maxTemplateBytes}`);
      }
      const policies = await listKept(sql, { tenant, kind: "policy", asOfMs: AS_IT_IS_MS });
      const draft = { source, templates: keepTemplates ? undefined : templates };
      const ready = await drafts.ready(tenant, draft, new Set(policies.map(({ name }) => name)));
      const names = ready.configuration.receivers.map(({ name }) => name);
      if (onlyCheck) return { version: 0n, receivers: names };
      const change = {
        source: ready.source,
        templates: draft.templates,
        author,
        // Secrets of one version are not to get into what was made of another one.
        expected: expectedVersion === undefined ? ready.secretsOf : Number(expectedVersion),
      };
      const version = await configurations.put(tenant, change, clock());
      onChanged();
      return { version: BigInt(version), receivers: names };
    },

    async receivers(tenant, { receiverMatchers }) {
      const matchers = readMatchers(receiverMatchers);
      const { receivers } = await configurationOf(tenant);
      return receivers
        .filter(({ labels }) => matchesFilter(matchers, labels))
        .map(({ name, labels }) => ({ name, labels }));
    },
  };
}
