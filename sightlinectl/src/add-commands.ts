import type { Command } from "@commander-js/extra-typings";
import type { Context } from "./context.ts";

/** Adds a group of commands to the program. The context is made when a command runs. */
export type AddCommands = (program: Command, contextOf: () => Context) => void;
