import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Action } from "@sightline/proto/sightline/alert/v1/action_service";
import type { InteractRequest, InteractResponse } from "@sightline/proto/sightline/alert/v1/interaction_service";
import type { AlertActions } from "../actions/alert-actions.ts";
import type { Interaction, Press, Pressed, ReadInteraction } from "../channels/interaction.ts";
import { readSlackInteraction } from "../channels/slack/interaction.ts";
import type { AlerterMetrics } from "../metrics.ts";
import type { Replies } from "./replies.ts";

export interface InteractionsOptions {
  readonly actions: Pick<AlertActions, "onGroup">;
  /** The user of an account in a kind of channel; undefined where nobody is known to have it. */
  userOf(tenant: string, of: { readonly channel: string; readonly account: string }): Promise<string | undefined>;
  readonly replies: Replies;
  readonly clock: Clock;
  readonly metrics: Pick<AlerterMetrics, "interactions">;
}

/** What people press below messages. */
export interface Interactions {
  /**
   * Does what somebody wants, and has it told where they pressed. Throws invalid_argument for a payload that is none, and
   * unavailable when it cannot be kept now: nothing was done then.
   */
  interact(tenant: string, request: InteractRequest): Promise<InteractResponse>;
}

/** Every channel whose messages have buttons, by its kind. */
const channels: ReadonlyMap<string, ReadInteraction> = new Map([["slack", readSlackInteraction]]);

export function createInteractions(options: InteractionsOptions): Interactions {
  const { actions, replies, clock, metrics } = options;

  /** A contact method says whose an account is, and others than its user may put it: what program it was is told in any case. */
  async function whoPressed(tenant: string, channel: string, interaction: Interaction): Promise<string> {
    const { account, name, program } = interaction;
    return `${(await options.userOf(tenant, { channel, account })) ?? name} (${program})`;
  }

  async function press(tenant: string, { by, note }: { by: string; note: string }, wanted: Press): Promise<Pressed> {
    const { groupTag, ...wish } = wanted;
    const nowMs = clock();
    const untilMs = wish.verb === "snooze" ? nowMs + wish.forMs : undefined;
    const action: Action = { verb: verbOf(wish.verb, untilMs), note };
    try {
      const { alerts } = await actions.onGroup(tenant, { groupTag, action, userId: by });
      if (alerts === 0) return { kind: "over" };
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (error.code !== "not_found") throw error;
      return { kind: "unknown" };
    }
    return { kind: "done", verb: wish.verb, by, ...(untilMs !== undefined && { untilMs }) };
  }

  async function answer(tenant: string, channel: string, interaction: Interaction): Promise<string> {
    if (interaction.press === undefined) return "nothing";
    const by = await whoPressed(tenant, channel, interaction);
    const pressed = await press(tenant, { by, note: interaction.note }, interaction.press);
    const reply = interaction.reply(pressed);
    if (reply !== undefined) replies.send(tenant, channel, reply);
    return pressed.kind;
  }

  return {
    async interact(tenant, { channel, payload }) {
      const read = channels.get(channel);
      if (read === undefined) throw invalid(`cannot read the interaction: channel: got ${JSON.stringify(channel)}`);
      let verb = "";
      let outcome = "failed";
      try {
        const interaction = read(parseJson(payload));
        verb = interaction.press?.verb ?? "";
        outcome = await answer(tenant, channel, interaction);
        return { outcome };
      } catch (thrown) {
        const error = AppError.from(thrown);
        outcome = error.code;
        throw error;
      } finally {
        metrics.interactions.inc({ channel, verb, outcome });
      }
    },
  };
}

function verbOf(verb: Press["verb"], untilMs = 0): Action["verb"] {
  return verb === "snooze" ? { $case: "snooze", value: { untilUnixMs: BigInt(untilMs) } } : { $case: verb, value: {} };
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch (thrown) {
    throw invalid(`cannot read the interaction: got no JSON: ${AppError.from(thrown).message}`, thrown);
  }
}
