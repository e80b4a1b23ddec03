import { CommanderError } from "@commander-js/extra-typings";
import { AppError } from "@sightline/errors/app-error";
import { UsageError } from "./usage-error.ts";

/** What the command line ends with; scripts rely on it. */
export const EXIT = {
  ok: 0,
  /** It was tried and did not work, or not all of it. */
  failed: 1,
  /** The command line or the settings were wrong; nothing was tried. */
  usage: 2,
  /** Something is away or overloaded: the same may work later. */
  unavailable: 3,
  /** The user ended it (as shells tell of SIGINT). */
  interrupted: 130,
} as const;

/** A command of others that was run did not end well: its exit code is ours. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The exit code of what ended a command. */
export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommandError) return thrown.exitCode;
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (thrown instanceof UsageError) return EXIT.usage;
  const { code } = AppError.from(thrown);
  if (code === "cancelled") return EXIT.interrupted;
  return code === "unavailable" || code === "deadline_exceeded" ? EXIT.unavailable : EXIT.failed;
}
