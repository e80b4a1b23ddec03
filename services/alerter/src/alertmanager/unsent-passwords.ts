import type { Config } from "@sightline/alertmanager/config/config";
import type { EmailConfig } from "@sightline/alertmanager/config/integrations/email";
import { commonReceiver } from "@sightline/alertmanager/config/receiver";
import { invalid } from "@sightline/errors/app-error";
import { isOwnHost } from "../channels/email/own-host.ts";

/**
 * Throws invalid_argument where mail would never be sent, as its password would have to be told without TLS. Asked of what is put only: a
 * configuration that is in force goes on telling all others.
 */
export function assertPasswordsCanBeSent({ receivers, global }: Config): void {
  // Recipients of rules are sent mail as `global` has it.
  for (const { name, integrations } of [...receivers, { ...commonReceiver(global), name: undefined }]) {
    for (const one of integrations) {
      if (one.kind !== "email" || !isUnsent(one.config)) continue;
      const [place, key] =
        name === undefined
          ? ["global", "smtp_require_tls"]
          : [`receiver ${JSON.stringify(name)}, email[${one.index}]`, "require_tls"];
      throw invalid(
        `${place}: got a password for a connection without TLS, want ${key}: true, or auth_secret (CRAM-MD5) in its place`,
      );
    }
  }
}

type MailServer = Pick<
  EmailConfig,
  "authUsername" | "authPassword" | "authPasswordFile" | "authSecret" | "authSecretFile" | "forceImplicitTls"
> & {
  readonly smarthost?: { readonly host: string; readonly port: string } | undefined;
  readonly requireTls?: boolean | undefined;
};

function isUnsent(config: MailServer): boolean {
  const { smarthost = { host: "", port: "" }, requireTls = true, authUsername, authPassword, authSecret } = config;
  const isOpen = !requireTls && !(config.forceImplicitTls ?? smarthost.port === "465");
  if (smarthost.host === "" || authUsername === "" || !isOpen || isOwnHost(smarthost.host)) return false;
  const hasPassword = authPassword !== undefined || config.authPasswordFile !== "";
  return hasPassword && authSecret === undefined && config.authSecretFile === "";
}
