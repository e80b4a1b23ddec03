import { loadConfig, readConfig } from "@sightline/alertmanager/config/config";
import { hidesSecrets, restoreSecrets } from "@sightline/alertmanager/config/hidden-secrets";
import type { ActiveConfiguration } from "../dispatch/active-configuration.ts";
import type { ConfigurationDraft, ConfigurationStore } from "../dispatch/configuration-store.ts";
import { assertLeadAsBefore, type WholeConfiguration } from "./led-elsewhere.ts";

/** A configuration as somebody sends it: secrets of the one in force may be hidden in it. */
export interface SentDraft extends Pick<ConfigurationDraft, "source"> {
  /** Undefined: those of the one in force. */
  readonly templates: ConfigurationDraft["templates"] | undefined;
}

/** One with all that belongs to it. */
export type WholeDraft = Pick<ConfigurationDraft, "source" | "templates">;

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
   * Makes a draft ready for use, with the secrets of the configuration in force where they are hidden and lead where they led. Throws
   * invalid_argument with what is wrong, at its place in the text that was sent, and failed_precondition where the key of those secrets is missing.
   *
   * @param policies the escalation policies that it may name; undefined: any
   */
  ready(tenant: string, draft: SentDraft, policies?: ReadonlySet<string>): Promise<ReadyDraft>;
}

export interface DraftsOptions {
  readonly configurations: Pick<ConfigurationStore, "find">;
  /** Makes a configuration ready for use, or throws invalid_argument saying why it cannot be used with these escalation policies. */
  activate(draft: WholeDraft, policies?: ReadonlySet<string>): ActiveConfiguration;
}

export function createDrafts({ configurations, activate }: DraftsOptions): Drafts {
  return {
    async ready(tenant, draft, policies) {
      const { source } = draft;
      const isHiding = hidesSecrets(source);
      // What is behind a secret on its line stands elsewhere when that is as long as it is.
      if (isHiding) loadConfig(source, policies === undefined ? {} : { policies });
      const kept = isHiding || draft.templates === undefined ? await configurations.find(tenant) : undefined;
      const templates = draft.templates ?? kept?.templates ?? {};
      if (!isHiding) return { configuration: activate({ source, templates }, policies), source, secretsOf: undefined };
      const { source: restored, taken } = restoreSecrets(source, kept?.source ?? "");
      assertLeadAsBefore(taken, { config: loadConfig(restored), templates }, kept && wholeOf(kept));
      const configuration = activate({ source: restored, templates }, policies);
      return { configuration, source: restored, secretsOf: kept?.version ?? 0 };
    },
  };
}

/** What is kept, where it can be read: of another configuration nobody knows where its secrets lead. */
function wholeOf({ source, templates }: WholeDraft): WholeConfiguration | undefined {
  const result = readConfig(source);
  return result.ok ? { config: result.config, templates } : undefined;
}
