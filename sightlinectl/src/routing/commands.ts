import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { AddCommands } from "../add-commands.ts";
import { put } from "./put.ts";

/** `sightlinectl routing …` */
export const addRoutingCommands: AddCommands = (program, contextOf) => {
  const group = program.command("routing").description("whom alerts are told to: alertmanager.yml");
  const what = "an alertmanager.yml; the files that it names are read and sent along";
  group
    .command("check")
    .description("say what is wrong with it, and change nothing")
    .argument("<file>", what)
    .action((file) => put(contextOf(), file, { onlyCheck: true, expectedVersion: undefined }));
  group
    .command("push")
    .description("put it in force")
    .argument("<file>", what)
    .option("--expect <version>", "only where this version is in force; 0: none", version)
    .action((file, { expect: expectedVersion }) => put(contextOf(), file, { onlyCheck: false, expectedVersion }));
};

function version(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("want a number.");
}
