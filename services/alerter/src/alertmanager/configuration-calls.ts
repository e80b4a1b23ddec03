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

const maxBytes = { templates: 1024 * 1024, files: 256 * 1024 } as const;

export function createConfigurationCalls(options: ConfigurationCallsOptions): ConfigurationCalls {
  const { sql, configurations, clock, drafts, configurationOf, onChanged } = options;
  return {
    async get(tenant) {
      const [{ plain }, kept] = await Promise.all([configurationOf(tenant), configurations.find(tenant)]);
      const { version, source, templates, files } = kept ?? DEFAULT_DRAFT;
      return {
        version: BigInt(version),
        source: hideSecrets(source),
        plainSource: plain,
        templates: { ...templates },
        files: Object.keys(files),
        author: kept?.author ?? "",
        createdAtUnixMs: BigInt(kept?.createdAt.getTime() ?? 0),
      };
    },

    async put(tenant, request) {
      const { source, author, onlyCheck, expectedVersion } = request;
      const templates = request.keepTemplates ? undefined : request.templates;
      const files = request.files?.texts;
      wantRoom({ templates, files });
      const policies = await listKept(sql, { tenant, kind: "policy", asOfMs: AS_IT_IS_MS });
      const ready = await drafts.ready(tenant, { source, templates, files }, new Set(policies.map(({ name }) => name)));
      const names = ready.configuration.receivers.map(({ name }) => name);
      if (onlyCheck) return { version: 0n, receivers: names };
      const change = {
        source: ready.source,
        templates,
        files: ready.files,
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

function wantRoom(sent: Readonly<Record<keyof typeof maxBytes, Readonly<Record<string, string>> | undefined>>): void {
  for (const what of ["templates", "files"] as const) {
    const texts = Object.values(sent[what] ?? {});
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (bytes <= maxBytes[what]) continue;
    throw invalid(`cannot keep configuration: ${what}: got ${bytes} bytes, want at most ${maxBytes[what]}`);
  }
}
