import { invalid } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Interaction } from "../interaction.ts";
import { answerSlack } from "./answer.ts";
import { pressOf } from "./care-buttons.ts";
import { replacedMessage, shownMessage } from "./replaced-message.ts";

const maxNameChars = 256;
const text = z.string().nullish();

const used = z
  .object({ action_id: z.string(), value: text, selected_option: z.object({ value: z.string() }).nullish() })
  .transform(({ action_id, value, selected_option }) => ({
    actionId: action_id,
    value: selected_option?.value ?? value ?? "",
  }));

const blockActions = z.object({
  type: z.literal("block_actions"),
  user: z.object({ id: z.string().min(1), username: text, name: text }),
  channel: z.object({ id: text, name: text }).nullish(),
  response_url: z.string().max(2048).nullish(),
  actions: z.array(used).min(1).max(25),
  // What cannot be read of it cannot be replaced; that is no reason not to do what somebody wants.
  message: shownMessage.optional().catch(undefined),
});

const anyPayload = z.looseObject({ type: z.string() });

const program = "Slack";
const nothing: Interaction = { program, name: "", account: "", note: "", press: undefined, reply: () => undefined };

/** What somebody pressed in Slack (docs.slack.dev, reference/interaction-payloads/block_actions-payload). */
export function readSlackInteraction(payload: unknown): Interaction {
  const { type } = parse(anyPayload, payload);
  // Shortcuts and dialogs of the same app, which are of somebody else's making.
  if (type !== "block_actions") return nothing;
  const { user, channel, actions, message, response_url: url } = parse(blockActions, payload);
  const name = [user.username, user.name].find((one) => one?.trim()) ?? user.id;
  const place = channel?.name ? `in #${channel.name.slice(0, maxNameChars)}, ` : "";
  return {
    program,
    name: name.slice(0, maxNameChars),
    account: user.id,
    note: `${place}as ${user.id.slice(0, maxNameChars)}`,
    press: actions.map(pressOf).find((press) => press !== undefined),
    reply: (pressed) =>
      url
        ? {
            request: { url, json: replacedMessage(message, pressed) },
            outcomeOf: (answer, nowMs) => answerSlack(answer, nowMs).outcome,
          }
        : undefined,
  };
}

function parse<T>(schema: z.ZodType<T>, payload: unknown): T {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 5).map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw invalid(`cannot read the interaction: ${problems.join("; ")}`, parsed.error);
}
