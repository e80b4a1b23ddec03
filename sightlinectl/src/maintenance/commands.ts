import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { AddCommands } from "../add-commands.ts";
import { close } from "./close.ts";
import { list } from "./list.ts";
import { open } from "./open.ts";

/** `sightlinectl maintenance …` */
export const addMaintenanceCommands: AddCommands = (program, contextOf) => {
  const group = program
    .command("maintenance")
    .description("windows of planned work, in which alerts are held")
    .enablePositionalOptions();
  group
    .command("list")
    .description("list them")
    .option("--open", "only those that are open")
    .action(({ open: onlyOpen }) => list(contextOf(), onlyOpen === true));
  group
    .command("open")
    .description("open a window now, whatever its schedule; it closes itself when its time is over")
    .argument("<window>", "its name or its id")
    .argument("[command...]", "with --wrap, after --: what is run while it is open")
    .requiredOption("--for <duration>", "for how long at most: 90s, 30m, 2h, 1d", seconds)
    .requiredOption("--reason <text>", "why")
    .option(
      "--key <key>",
      "a job's own: saying it again changes nothing, and closing under it leaves what others opened",
    )
    .option(
      "--matcher <matcher>",
      `makes the window where there is none: 'service="db"'; may be given more than once`,
      collect,
    )
    .option("--wrap", "run a command, and close the window when it is over; ends with its exit code")
    .action((window, command, { for: forSeconds, reason, key, matcher: matchers = [], wrap = false }) =>
      open(contextOf(), window, { command, forSeconds, reason, key, matchers, wrap }),
    );
  group
    .command("close")
    .description("close a window now; one that is closed stays so")
    .argument("<window>", "its name or its id")
    .option("--key <key>", "only what was opened under it")
    .action((window, { key = "" }) => close(contextOf(), window, key));
};

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function seconds(text: string): number {
  const parts = [...text.matchAll(/(\d{1,6})([smhd])/g)];
  const total = parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (UNIT_SECONDS[unit] ?? 0), 0);
  if (total > 0 && parts.map(([part]) => part).join("") === text) return total;
  throw new InvalidArgumentError("want a duration such as 90s, 30m, 2h or 1h30m.");
}

function collect(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}
