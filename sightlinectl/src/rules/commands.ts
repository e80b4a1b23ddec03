import { Option } from "@commander-js/extra-typings";
import type { AddCommands } from "../add-commands.ts";
import { check } from "./check.ts";
import { runTests } from "./run-tests.ts";

/** `sightlinectl rules …` */
export const addRuleCommands: AddCommands = (program, contextOf) => {
  const group = program.command("rules").description("files of rules: check them, and run their unit tests");
  group
    .command("check")
    .description("check files of rules, as promtool check rules does")
    .argument("<files...>", "Prometheus rule files")
    .addOption(
      new Option("--lint <checks>", "what is looked for beside errors")
        .choices(["all", "duplicate-rules", "none"])
        .default("duplicate-rules"),
    )
    .option("--lint-fatal", "what lint finds is an error")
    .option("--ignore-unknown-fields", "leave fields out that nobody knows")
    .action((files, { lint, lintFatal, ignoreUnknownFields }) =>
      check(contextOf(), files, {
        findsDuplicates: lint !== "none",
        lintFatal: lintFatal === true,
        ignoreUnknownFields: ignoreUnknownFields === true,
      }),
    );
  group
    .command("test")
    .description("run unit tests of rules, as promtool test rules does")
    .argument("<files...>", "files of unit tests in promtool's form")
    .option("--run <pattern>", "only tests whose name matches; may be given more than once", collect)
    .option("--junit <file>", "write the results there as JUnit XML")
    .option("--ignore-unknown-fields", "leave fields of rule files out that nobody knows")
    .action((files, { run = [], junit, ignoreUnknownFields }) =>
      runTests(contextOf(), files, { patterns: run, junit, ignoreUnknownFields: ignoreUnknownFields === true }),
    );
};

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
