import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { Seal } from "@sightline/postgres/seal";
import type { Channel, TestChannelResponse } from "@sightline/proto/sightline/alert/v1/alert_service";
import type { Alert } from "../alerts/alert.ts";
import { channelNotFound, deleteChannel, findChannel, listChannels, putChannel } from "./channel-store.ts";
import { checkChannel, type Teller, withKeptSecrets, withoutSecrets } from "./kinds.ts";
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
        const old = await listChannels({ sql: tx, seal }, tenant);
        const same = old.find(({ name }) => name === channel.name);
        if (same === undefined && old.length >= maxChannels) {
          throw new AppError("resource_exhausted", `cannot keep channel: got ${old.length} already, want fewer`);
        }
        const complete = withKeptSecrets(channel, same);
        await putChannel({ sql: tx, seal }, tenant, complete, clock());
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
