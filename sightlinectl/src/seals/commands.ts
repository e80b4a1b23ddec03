import type { AddCommands } from "../add-commands.ts";
import { giveUp } from "./give-up.ts";
import { list } from "./list.ts";

/** `sightlinectl seals …` */
export const addSealCommands: AddCommands = (program, contextOf) => {
  const group = program
    .command("seals")
    .description(
      "what lies in Postgres sealed (seal.key of alerter and gateway): by which keys, and what to do without one",
    );
  group
    .command("list")
    .description("list what is sealed by which key, of all tenants")
    .action(() => list(contextOf()));
  group
    .command("give-up")
    .description(
      "a key is lost for good: alerters wait for it no longer, and alerts of its tenants wait until their alertmanager.yml is put again",
    )
    .argument("<key>", "as listed, and as alerters say that they miss")
    .action((key) => giveUp(contextOf(), key));
};
