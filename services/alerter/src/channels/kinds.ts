import { invalid } from "@sightline/errors/app-error";
import type { Channel } from "@sightline/proto/sightline/alert/v1/alert_service";
import { type OutboundPolicy, parseUrl } from "@sightline/service/outbound";
import { consoleRetry, type NoticeLog, tellConsole } from "./console/console.ts";
import type { Notice, Outcome, RetryPolicy } from "./notice.ts";
import { isShownUrl, restoredUrl, shownUrl } from "./webhook/shown-url.ts";
import { checkWebhook, tellWebhook, webhookRetry } from "./webhook/webhook.ts";

/**
 * The one list of the kinds of channel. A new kind is a folder beside `console` and `webhook`, a field in the contract's
 * `Channel.kind`, and a line in each function here: the compiler names those that miss.
 */

const channelName = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,127}$/;

/** Throws invalid_argument, naming the field, when the channel could not work. */
export function checkChannel(channel: Channel): void {
  if (!channelName.test(channel.name)) {
    throw invalid(
      `cannot keep channel: name: got ${JSON.stringify(channel.name.slice(0, 200))}, ` +
        "want 1 to 128 letters, digits, spaces, points, hyphens and underscores",
    );
  }
  const kind = kindOf(channel);
  switch (kind.$case) {
    case "console":
      return;
    case "webhook":
      checkWebhook(kind.value);
  }
}

export function retryPolicyOf(channel: Channel): RetryPolicy {
  const kind = kindOf(channel);
  switch (kind.$case) {
    case "console":
      return consoleRetry;
    case "webhook":
      return webhookRetry(kind.value);
  }
}

/** The channel as it may be shown: without its token, saying whether there is one, and without the path of its URL. */
export function withoutSecrets(channel: Channel): Channel {
  const kind = kindOf(channel);
  if (kind.$case !== "webhook") return channel;
  const hasBearerToken = kind.value.bearerToken !== "";
  const value = { ...kind.value, url: shownUrl(kind.value.url), bearerToken: "", hasBearerToken };
  return { ...channel, kind: { $case: "webhook", value } };
}

/** Whether what is put leaves a secret as it was. */
export function leavesSecret(channel: Channel): boolean {
  const kind = kindOf(channel);
  return kind.$case === "webhook" && (kind.value.bearerToken === "" || isShownUrl(kind.value.url));
}

/**
 * A channel that is put in place of another: a secret that is left out stays as it was, unless the channel now leads
 * elsewhere; whoever may edit channels could otherwise have the secret sent to themselves. Throws invalid_argument for a
 * URL without its path that leads elsewhere.
 */
export function withKeptSecrets(channel: Channel, old: Channel | undefined): Channel {
  const kind = kindOf(channel);
  if (kind.$case !== "webhook") return channel;
  const before = old?.kind?.$case === "webhook" ? old.kind.value : undefined;
  const stays = before !== undefined && parseUrl(before.url).origin === parseUrl(kind.value.url).origin;
  const kept = stays ? before.bearerToken : "";
  const bearerToken = kind.value.bearerToken || kept;
  const url = restoredUrl(kind.value.url, before?.url);
  return { ...channel, kind: { $case: "webhook", value: { ...kind.value, url, bearerToken, hasBearerToken: false } } };
}

/** Tells a channel something, once. Throws `cancelled` by the signal only. */
export type Teller = (channel: Channel, notice: Notice, signal: AbortSignal) => Promise<Outcome>;

export interface TellerOptions {
  readonly log: NoticeLog;
  readonly policy: OutboundPolicy;
  readonly clock: () => number;
}

export function createTeller({ log, policy, clock }: TellerOptions): Teller {
  return async (channel, notice, signal) => {
    const kind = kindOf(channel);
    switch (kind.$case) {
      case "console":
        return tellConsole(log, notice);
      case "webhook":
        return tellWebhook(kind.value, notice, { policy, nowMs: clock(), signal });
    }
  };
}

function kindOf(channel: Channel): NonNullable<Channel["kind"]> {
  if (channel.kind !== undefined) return channel.kind;
  throw invalid("cannot keep channel: kind: got none, want console or webhook");
}
