import { fillEmail } from "@sightline/alertmanager/config/fill-integrations";
import type { GlobalConfig } from "@sightline/alertmanager/config/global-config";
import { emailConfig } from "@sightline/alertmanager/config/integrations/email";
import { AppError } from "@sightline/errors/app-error";
import { type FileTexts, fromAlertmanager } from "../channels/from-alertmanager.ts";
import type { Integration, Rim } from "../channels/integration.ts";
import { createIntegration } from "../channels/integrations.ts";
import { refused } from "../channels/outcome.ts";
import { withAddress } from "../channels/with-address.ts";
import { ownerOf } from "./recipient-receiver.ts";
import { RECIPIENT_KINDS } from "./with-recipients.ts";

export interface RecipientIntegrationOptions {
  /** Of the configuration: how mail is sent. */
  readonly global: GlobalConfig;
  /** That it names. */
  readonly files: FileTexts;
  readonly rim: Rim;
}

/**
 * What tells a recipient by their own receiver; undefined where it is nobody's. Where the configuration does not say how mail is sent, it says so
 * whenever it is to tell somebody.
 */
export function recipientIntegration(
  receiver: string,
  { global, files, rim }: RecipientIntegrationOptions,
): Integration | undefined {
  const owner = ownerOf(receiver);
  if (owner === undefined) return undefined;
  const kind = RECIPIENT_KINDS[owner.kind];
  try {
    if (owner.kind !== "email") return createIntegration(kind, { policy: receiver, sendResolved: true }, rim);
    return createIntegration(kind, withAddress(kind, mailSettings(global, files), owner.address), rim);
  } catch (thrown) {
    const { message, code } = AppError.from(thrown);
    const outcome = refused(`cannot tell ${receiver}: ${message}`, code);
    return { kind, sendResolved: true, acknowledges: false, rateKey: "", rateLimits: [], send: async () => outcome };
  }
}

/** As a receiver that says nothing but an address. */
function mailSettings(global: GlobalConfig, files: FileTexts): Readonly<Record<string, unknown>> {
  const problems: string[] = [];
  const fail = (message: string) => void problems.push(message);
  const config = fillEmail({ ...emailConfig.initial, sendResolved: true }, { global, fail });
  const [problem] = problems;
  if (problem !== undefined) throw new AppError("failed_precondition", `${problem} in alertmanager.yml`);
  return fromAlertmanager({ kind: "email", index: 0, config }, files).settings;
}
