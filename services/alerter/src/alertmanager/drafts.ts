import { loadConfig } from "@sightline/alertmanager/config/config";
import { hidesSecrets, restoreSecrets } from "@sightline/alertmanager/config/hidden-secrets";
import type { ActiveConfiguration } from "../dispatch/active-configuration.ts";
import type { ConfigurationDraft, ConfigurationStore } from "../dispatch/configuration-store.ts";

/** A configuration as somebody sends it: secrets of the one in force may be hidden in it. */
export type SentDraft = Pick<ConfigurationDraft, "source" | "templates">;

export interface ReadyDraft {
  readonly configuration: ActiveConfiguration;
  /** With its secrets. */
  readonly source: string;
  /** The version that secrets were taken of; undefined where none were hidden. */
  readonly secretsOf: number | undefined;
}

/** Drafts of a tenant's alertmanager.yml. */
export interface Drafts {
  /**
   * Makes a draft ready for use, with the secrets of the configuration in force where they are hidden. Throws invalid_argument with what is
   * wrong, at its place in the text that was sent, and failed_precondition where the key of those secrets is missing.
   *
   * @param policies the escalation policies that it may name; undefined: any
   */
  ready(tenant: string, draft: SentDraft, policies?: ReadonlySet<string>): Promise<ReadyDraft>;
}

export interface DraftsOptions {
  readonly configurations: Pick<ConfigurationStore, "find">;
  /** Makes a configuration ready for use, or throws invalid_argument saying why it cannot be used with these escalation policies. */
  activate(draft: SentDraft, policies?: ReadonlySet<string>): ActiveConfiguration;
}

export function createDrafts({ configurations, activate }: DraftsOptions): Drafts {
  return {
    async ready(tenant, draft, policies) {
      const { source } = draft;
      if (!hidesSecrets(source)) return { configuration: activate(draft, policies), source, secretsOf: undefined };
      // What is behind a secret on its line stands elsewhere when that is as long as it is.
      loadConfig(source, policies === undefined ? {} : { policies });
      const kept = await configurations.find(tenant);
      const restored = restoreSecrets(source, kept?.source ?? "");
      const configuration = activate({ ...draft, source: restored }, policies);
      return { configuration, source: restored, secretsOf: kept?.version ?? 0 };
    },
  };
}
