import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { Seal } from "@sightline/postgres/seal";
import type { Channel, TestChannelResponse } from "@sightline/proto/sightline/alert/v1/alert_service";
import type { Alert } from "../alerts/alert.ts";
import {
  type ChannelStore,
  channelNotFound,
  countChannels,
  deleteChannel,
  findChannel,
  hasChannel,
  listChannels,
  putChannel,
} from "./channel-store.ts";
import { checkChannel, leavesSecret, type Teller, withKeptSecrets, withoutSecrets } from "./kinds.ts";
import { createNotice } from "./notice.ts";

export interface ChannelCallsOptions {
  readonly sql: Pool;
  readonly seal: Seal;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly tell: Teller;
  readonly externalUrl: string;
  /** How many a tenant may have. */
  readonly maxChannels: number;
}

/** What people ask of channels. Everything is of the given tenant; no answer holds a secret. */
export interface ChannelCalls {
  list(tenant: string): Promise<Channel[]>;
  put(tenant: string, channel: Channel | undefined): Promise<Channel>;
  delete(tenant: string, name: string): Promise<void>;
  /** Sends a test notice, once. */
  test(tenant: string, name: string, signal: AbortSignal): Promise<TestChannelResponse>;
}

export function createChannelCalls(options: ChannelCallsOptions): ChannelCalls {
  const { sql, seal, clock, maxChannels } = options;
  return {
    list: async (tenant) => (await listChannels({ sql, seal }, tenant)).map(withoutSecrets),
    async put(tenant, channel) {
      if (channel === undefined) throw invalid("cannot keep channel: got none, want channel");
      checkChannel(channel);
      const kept = await sql.transaction(async (tx) => {
        const count = (await hasChannel(tx, tenant, channel.name)) ? 0 : await countChannels(tx, tenant);
        if (count >= maxChannels) {
          throw new AppError("resource_exhausted", `cannot keep channel: got ${count} already, want fewer`);
        }
        const store = { sql: tx, seal };
        const before = leavesSecret(channel) ? await channelBefore(store, tenant, channel.name) : undefined;
        const complete = withKeptSecrets(channel, before);
        await putChannel(store, tenant, complete, clock());
        return complete;
      });
      return withoutSecrets(kept);
    },
    delete: (tenant, name) => deleteChannel(sql, tenant, name),
    async test(tenant, name, signal) {
      const channel = await findChannel({ sql, seal }, tenant, name);
      if (channel === undefined) throw channelNotFound(name);
      const alert = testAlert(tenant, name, options);
      const notice = createNotice([{ alert, status: "firing" }], { channel: name, externalUrl: options.externalUrl });
      const { delivered, outcome } = await options.tell(channel, notice, signal);
      return { delivered, outcome };
    },
  };
}

/** The one whose secret is kept: where it cannot be opened here nothing is put in its place. */
async function channelBefore(store: ChannelStore, tenant: string, name: string): Promise<Channel | undefined> {
  try {
    return await findChannel(store, tenant, name);
  } catch (thrown) {
    const { code, message } = AppError.from(thrown);
    if (code !== "failed_precondition" && code !== "data_loss") throw thrown;
    throw new AppError("failed_precondition", `cannot keep channel ${name} without its token: ${message}`);
  }
}

function testAlert(tenant: string, channel: string, { clock, newId }: ChannelCallsOptions): Alert {
  return {
    tenant,
    alertId: newId(),
    ruleId: newId(),
    ruleName: "Sightline test",
    fingerprint: "0000000000000000",
    state: "firing",
    severity: "info",
    labels: { alertname: "Sightline test", severity: "info" },
    annotations: { description: "Somebody asked Sightline to try this channel. Nothing is wrong." },
    summary: `Test of the channel ${channel}`,
    value: 0,
    pendingSince: null,
    firedAt: new Date(clock()),
    acknowledgedAt: null,
    acknowledgedBy: "",
    resolvedAt: null,
    resolvedBy: "",
    origin: "rule",
    ruleFile: "",
    ruleGroup: "",
    recipients: [],
  };
}
