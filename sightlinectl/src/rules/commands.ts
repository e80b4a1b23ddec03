import { Option } from "@commander-js/extra-typings";
import type { AddCommands } from "../add-commands.ts";
import { backtest } from "./backtest.ts";
import { deleteFiles, enablePacks } from "./change-each.ts";
import { check } from "./check.ts";
import { diff } from "./diff.ts";
import { list, packs } from "./list.ts";
import { pull } from "./pull.ts";
import { push } from "./push.ts";
import { runTests } from "./run-tests.ts";
import { testAlert } from "./test-alert.ts";
import { tryEvents } from "./try-events.ts";

/** `sightlinectl rules …` */
export const addRuleCommands: AddCommands = (program, contextOf) => {
  const group = program
    .command("rules")
    .description("files of rules: check them, run their unit tests, and keep the server's as they are here");
  addLocalCommands(group, contextOf);
  addServerCommands(group, contextOf);
  addTrialCommands(group, contextOf);
};

const addTrialCommands: AddCommands = (group, contextOf) => {
  group
    .command("try")
    .description(
      "say which events count for which rules of the server, and which alerts they would make; nobody is told",
    )
    .argument("<events...>", "files of events as they are sent: JSON, or one to a line")
    .option("--file <file>", "a rule file from here in place of those in force")
    .option("--rule <name>", "only this rule; may be given more than once", collect)
    .action((events, { file, rule: rules = [] }) => tryEvents(contextOf(), events, { file, rules }));
  group
    .command("test-alert")
    .description(
      "say who would be told of an alert of a rule that is in force; with --send tell them that it is a test",
    )
    .argument("<rule>", "its name")
    .option("--file <name>", "the file that it is in, where several have one of the name", "")
    .option("--group <name>", "the group that it is in", "")
    .option("--label <name=value>", "of what the alert would be about; may be given more than once", collect)
    .option("--send", "tell them, and at once that it is over; exit code 1 when one did not take it")
    .action((rule, { file, group: inGroup, label: labels = [], send }) =>
      testAlert(contextOf(), rule, { file, group: inGroup, labels, send: send === true }),
    );
};

const addLocalCommands: AddCommands = (group, contextOf) => {
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

const addServerCommands: AddCommands = (group, contextOf) => {
  group
    .command("list")
    .description("list the files on the server")
    .action(() => list(contextOf()));
  group
    .command("push")
    .description("put files on the server: all of them, or none when one is wrong; says what changes")
    .argument("<paths...>", "files, or directories with .yml and .yaml files: a path below one is the name")
    .option("--dry-run", "check, say what would change, change nothing")
    .option("--prune", "delete files from the server that are not here, except those of packs")
    .action((paths, { dryRun, prune }) => push(contextOf(), paths, { dryRun: dryRun === true, prune: prune === true }));
  group
    .command("pull")
    .description("write the server's files below a directory, just as they were put")
    .argument("<dir>", "where to")
    .argument("[names...]", "default: all")
    .action((dir, names) => pull(contextOf(), dir, names));
  group
    .command("diff")
    .description("say what a push would change; exit code 1 when anything would")
    .argument("<paths...>", "as for push")
    .option("--prune", "as for push")
    .action((paths, { prune }) => diff(contextOf(), paths, { prune: prune === true }));
  group
    .command("backtest")
    .description(
      "say whom these files would have told of what was stored, in place of those of their names; nothing is put in force",
    )
    .argument("[paths...]", "as for push")
    .option("--since <duration>", "how far back, 31d at most", "14d")
    .option("--routes <file>", "an alertmanager.yml in place of the one in force")
    .option("--without <name>", "a file that would be deleted; may be given more than once", collect)
    .option("--fail-on-missed", "exit code 1 when incidents would be missed that somebody took care of")
    .action((paths, { since, routes, without = [], failOnMissed }) =>
      backtest(contextOf(), paths, { since, routes, without, failOnMissed: failOnMissed === true }),
    );
  group
    .command("delete")
    .description("delete files from the server")
    .argument("<names...>", "as listed")
    .action((names) => deleteFiles(contextOf(), names));
  group
    .command("packs")
    .description("list the rules that are shipped")
    .action(() => packs(contextOf()));
  group
    .command("enable")
    .description("put packs in force: each is a copy, the file pack:<name>, that may be changed")
    .argument("<packs...>", "their names")
    .option("--replace", "also in place of a copy that was changed")
    .action((names, { replace }) => enablePacks(contextOf(), names, { replace: replace === true }));
};

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
