import { Command, CommanderError } from "@commander-js/extra-typings";
import { AppError } from "@sightline/errors/app-error";
import type { AddCommands } from "./add-commands.ts";
import { addBackupCommands } from "./backup/commands.ts";
import type { Context } from "./context.ts";
import { addDeadLetterCommands } from "./dead-letters/commands.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import { addMaintenanceCommands } from "./maintenance/commands.ts";
import { createOutput, type OutputStreams } from "./print/output.ts";
import { addQueryCommands } from "./query/commands.ts";
import { addRoutingCommands } from "./routing/commands.ts";
import { addRuleCommands } from "./rules/commands.ts";
import { addSealCommands } from "./seals/commands.ts";
import { loadSettings } from "./settings.ts";

export interface ProgramOptions extends OutputStreams {
  /** Without the program itself. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Every group of commands. A new one is a folder and a line here. */
const GROUPS: readonly AddCommands[] = [
  addQueryCommands,
  addRuleCommands,
  addRoutingCommands,
  addMaintenanceCommands,
  addDeadLetterCommands,
  addSealCommands,
  addBackupCommands,
];

const FOOTER = `
Settings come from --config, from .sightline/sightlinectl.yaml where make up runs, and from the environment:
  SIGHTLINE_SERVER, SIGHTLINE_API_KEY             the gateway, and a key with the scope admin (for queries: query)
  SIGHTLINE_STORAGE_ADDRESS, _INTERNAL_TOKEN      for backups: as the services have them
  SIGHTLINE_CLICKHOUSE_URL, SIGHTLINE_POSTGRES_URL …, the latter for seals too

Results go to the standard output, everything else to the error output. Ctrl-C ends a command in order, a second one at once.
Exit codes: ${EXIT.ok} done, ${EXIT.failed} failed in whole or in part, ${EXIT.usage} wrong usage or settings, ${EXIT.unavailable} something is away: try again,
  ${EXIT.interrupted} interrupted. maintenance open --wrap ends with the code of the command that it ran.`;

/** Runs one command line; resolves with the exit code. Never rejects: what goes wrong is one line on the error output. */
export async function runProgram(options: ProgramOptions): Promise<number> {
  const { args, env, stdout, stderr, signal, now } = options;
  const program = new Command("sightlinectl")
    .description("Operates Sightline from the command line.")
    .version(options.version)
    .option("--config <file>", "settings, YAML")
    .option("--json", "print results as one JSON document")
    .addHelpText("after", FOOTER)
    .showHelpAfterError("(add --help for usage)")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .exitOverride();
  // Such a terminal cannot redraw a line.
  const streams = { stdout, stderr: env["TERM"] === "dumb" ? { write: (text: string) => stderr.write(text) } : stderr };
  let out = createOutput(streams, false, now);
  const contextOf = (): Context => {
    const { config, json } = program.opts();
    out = createOutput(streams, json === true, now);
    return {
      settings: () => loadSettings({ file: config, env }),
      out,
      signal,
      version: options.version,
      now,
    };
  };
  const bare = new Command().copyInheritedSettings(program);
  for (const add of GROUPS) add(bare, contextOf);
  for (const command of bare.commands) program.addCommand(command);
  try {
    await program.parseAsync([...args], { from: "user" });
    return EXIT.ok;
  } catch (caught) {
    // Whatever an interruption looks like where it was noticed.
    const thrown: unknown = signal.aborted ? signal.reason : caught;
    const code = exitCodeOf(thrown);
    // The library has printed what was wrong with the command line already.
    if (!(thrown instanceof CommanderError)) out.note(AppError.from(thrown).message);
    return code;
  }
}
