import type { Config } from "@sightline/alertmanager/config/config";
import { hiddenFault, type TakenSecret, unrestorable } from "@sightline/alertmanager/config/hidden-secrets";
import { commonReceiver, type Integration } from "@sightline/alertmanager/config/receiver";
import { type Destination, destinationOf, isAsGood, secretsIn } from "../channels/destination.ts";

/** A configuration with its secrets, and the template files that it names. */
export interface WholeConfiguration {
  readonly config: Config;
  readonly templates: Readonly<Record<string, string>>;
}

/**
 * Throws invalid_argument where a draft would have secrets that it took of the kept configuration sent to anybody who did not get them from
 * that: whoever may edit, or test, a configuration could otherwise have all of them sent to themselves.
 */
export function assertLeadAsBefore(
  taken: readonly TakenSecret[],
  draft: WholeConfiguration,
  kept: WholeConfiguration | undefined,
): void {
  if (taken.length === 0) return;
  const before = kept === undefined ? [] : waysOf(kept);
  const now = waysOf(draft);
  const problems = taken.flatMap(({ text, at, shown }) => {
    const known = before.filter(({ secrets }) => secrets.has(text));
    const astray = now.find((way) => way.secrets.has(text) && !known.some((one) => isAsGood(way.to, one.to)));
    return astray === undefined ? [] : [hiddenFault(at, shown, `${astray.name} leads elsewhere than before`)];
  });
  if (problems.length > 0) throw unrestorable(problems);
}

/** What is sent to whom. */
interface Way {
  readonly name: string;
  readonly secrets: ReadonlySet<string>;
  readonly to: Destination;
}

function waysOf({ config, templates }: WholeConfiguration): Way[] {
  const wayOf = (name: string, one: Integration): Way => ({
    name,
    secrets: new Set(secretsIn(one.config)),
    to: destinationOf(one, templates),
  });
  return [
    ...config.receivers.flatMap(({ name, integrations }) =>
      integrations.map((one) => wayOf(`receiver ${JSON.stringify(name)}, ${one.kind}[${one.index}]`, one)),
    ),
    // Also what nobody uses yet has a place to which it belongs.
    ...commonReceiver(config.global).integrations.map((one) => wayOf(`${one.kind} of global`, one)),
  ];
}
