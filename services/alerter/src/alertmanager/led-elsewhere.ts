import type { Config } from "@sightline/alertmanager/config/config";
import { withFileTexts } from "@sightline/alertmanager/config/file-texts";
import { hiddenFault, type TakenSecret, unrestorable } from "@sightline/alertmanager/config/hidden-secrets";
import { commonReceiver, type Integration } from "@sightline/alertmanager/config/receiver";
import { type Destination, destinationOf, isAsGood, secretsIn } from "../channels/destination.ts";

/** A configuration with its secrets, and the files that it names. */
export interface WholeConfiguration {
  readonly config: Config;
  readonly templates: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** A secret that a draft has of the kept configuration. */
export interface Taken {
  readonly text: string;
  /** Says why it cannot have it. */
  fault(why: string): string;
}

/** Those that were hidden in its text. */
export function takenOfText(taken: readonly TakenSecret[]): Taken[] {
  return taken.map(({ text, at, shown }) => ({ text, fault: (why) => hiddenFault(at, shown, why) }));
}

/** Those that are in files which it left as they are. */
export function takenOfFiles(files: WholeConfiguration["files"]): Taken[] {
  return Object.entries(files).map(([path, text]) => ({
    text: text.trim(),
    fault: (why) => `files: got none with the text of ${JSON.stringify(path)}, want it: ${why}`,
  }));
}

/**
 * Throws invalid_argument where a draft would have secrets that it took of the kept configuration sent to anybody who did not get them from
 * that: whoever may edit, or test, a configuration could otherwise have all of them sent to themselves.
 */
export function assertLeadAsBefore(
  taken: readonly Taken[],
  draft: WholeConfiguration,
  kept: WholeConfiguration | undefined,
): void {
  if (taken.length === 0) return;
  const before = kept === undefined ? [] : waysOf(kept);
  const now = waysOf(draft);
  const problems = taken.flatMap(({ text, fault }) => {
    const known = before.filter(({ secrets }) => secrets.has(text));
    const astray = now.find((way) => way.secrets.has(text) && !known.some((one) => isAsGood(way.to, one.to)));
    return astray === undefined ? [] : [fault(`${astray.name} leads elsewhere than before`)];
  });
  if (problems.length > 0) throw unrestorable(problems);
}

/** What is sent to whom. */
interface Way {
  readonly name: string;
  readonly secrets: ReadonlySet<string>;
  readonly to: Destination;
}

function waysOf({ config, templates, files }: WholeConfiguration): Way[] {
  const wayOf = (name: string, one: Integration): Way => {
    // Whatever is read of a file counts as a secret, where everybody may see it too: a draft may name the file of a key as that of a name.
    const secrets = new Set<string>();
    const settings = withFileTexts(one.config, (path, setting) => {
      // One that is missing is told of where the configuration is made ready; here nothing is in it.
      const text = (Object.hasOwn(files, path) ? (files[path] ?? "") : "") || `no text of ${path}`;
      // What says who is believed is not sent to them.
      if (setting !== "ca_file") secrets.add(text.trim());
      return text;
    });
    for (const secret of secretsIn(settings)) secrets.add(secret);
    return { name, secrets, to: destinationOf(one.kind, settings, templates) };
  };
  return [
    ...config.receivers.flatMap(({ name, integrations }) =>
      integrations.map((one) => wayOf(`receiver ${JSON.stringify(name)}, ${one.kind}[${one.index}]`, one)),
    ),
    // Also what nobody uses yet has a place to which it belongs.
    ...commonReceiver(config.global).integrations.map((one) => wayOf(`${one.kind} of global`, one)),
  ];
}
