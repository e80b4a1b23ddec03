import { loadConfig, readConfig } from "@sightline/alertmanager/config/config";
import { filesNamedBy } from "@sightline/alertmanager/config/file-texts";
import { hidesSecrets, restoreSecrets } from "@sightline/alertmanager/config/hidden-secrets";
import { AppError } from "@sightline/errors/app-error";
import type { ConfigurationDraft as ConfigurationDraftMessage } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import type { ActiveConfiguration } from "../dispatch/active-configuration.ts";
import type { ConfigurationDraft, ConfigurationStore, KeptConfiguration } from "../dispatch/configuration-store.ts";
import { assertLeadAsBefore, takenOfFiles, takenOfText, type WholeConfiguration } from "./led-elsewhere.ts";
import { assertPasswordsCanBeSent } from "./unsent-passwords.ts";

/** A configuration as somebody sends it: secrets of the one in force may be hidden in it. */
export interface SentDraft extends Pick<ConfigurationDraft, "source"> {
  /** Undefined: those of the one in force. */
  readonly templates: ConfigurationDraft["templates"] | undefined;
  /** Undefined: those of the one in force. */
  readonly files: ConfigurationDraft["files"] | undefined;
}

/** A draft as it is tried out. */
export function sentDraft({ source, templates, files }: ConfigurationDraftMessage): SentDraft {
  return { source, templates, files: files?.texts };
}

/** One with all that belongs to it. */
export type WholeDraft = Pick<ConfigurationDraft, "source" | "templates" | "files">;

export interface ReadyDraft {
  readonly configuration: ActiveConfiguration;
  /** With its secrets. */
  readonly source: string;
  /** Those files that it names. */
  readonly files: ConfigurationDraft["files"];
  /** The version that secrets were taken of; undefined where it has all of its own. */
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
  /** One that cannot be opened is only in the way of drafts that keep something of it: any other takes its place. */
  async function findKept(tenant: string): Promise<{ kept?: KeptConfiguration | undefined; unreadable?: AppError }> {
    try {
      return { kept: await configurations.find(tenant) };
    } catch (thrown) {
      const unreadable = AppError.from(thrown);
      if (unreadable.code !== "failed_precondition") throw thrown;
      return { unreadable };
    }
  }

  return {
    async ready(tenant, draft, policies) {
      const isHiding = hidesSecrets(draft.source);
      // What is behind a secret on its line stands elsewhere when that is as long as it is.
      if (isHiding) loadConfig(draft.source, policies === undefined ? {} : { policies });
      const { templates, files } = draft;
      const isComplete = !isHiding && templates !== undefined && files !== undefined;
      const { kept, unreadable } = isComplete ? {} : await findKept(tenant);
      if (isHiding && unreadable !== undefined) throw unreadable;
      const { source, taken } = restoreSecrets(draft.source, kept?.source ?? "");
      const whole = { source, templates: templates ?? kept?.templates ?? {}, files: files ?? kept?.files ?? {} };
      const config = loadConfig(source, policies === undefined ? {} : { policies });
      const named = new Set(filesNamedBy(config));
      const isKeeping =
        (files === undefined && named.size > 0) || (templates === undefined && config.templates.length > 0);
      if (isKeeping && unreadable !== undefined) throw unreadable;
      const ours = Object.fromEntries(Object.entries(whole.files).filter(([path]) => named.has(path)));
      const all = [...takenOfText(taken), ...takenOfFiles(files === undefined ? ours : {})];
      assertLeadAsBefore(all, { ...whole, config }, kept && wholeOf(kept));
      assertPasswordsCanBeSent(config);
      const configuration = activate(whole, policies);
      return { configuration, source, files: ours, secretsOf: all.length === 0 ? undefined : (kept?.version ?? 0) };
    },
  };
}

/** What is kept, where it can be read: of another configuration nobody knows where its secrets lead. */
function wholeOf({ source, templates, files }: WholeDraft): WholeConfiguration | undefined {
  const result = readConfig(source);
  return result.ok ? { config: result.config, templates, files } : undefined;
}
