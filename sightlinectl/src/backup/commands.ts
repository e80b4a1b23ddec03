import { resolve } from "node:path";
import type { AddCommands } from "../add-commands.ts";
import { wholeNumber } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";
import { backup } from "./backup.ts";
import { findBackups } from "./find-backups.ts";
import { beyond, removeBackup, removedNote } from "./keep.ts";
import { list } from "./list.ts";
import { prune } from "./prune.ts";
import { restore } from "./restore.ts";
import { atTimes } from "./schedule.ts";

/** `sightlinectl backup`, `backups` and `restore` */
export const addBackupCommands: AddCommands = (program, contextOf) => {
  program
    .command("backup")
    .description("back up ClickHouse, Postgres and storage's place on the bus, while everything runs")
    .option("--to <dir>", "the directory that holds backups")
    .option("--name <name>", "of this backup; after the moment by default")
    .option(
      "--clickhouse-to <place>",
      "where ClickHouse writes its part: Disk('backups', '{name}'), S3(collection, '{name}'); by default into the " +
        "backup's directory, which its server must be able to write",
    )
    .option("--hash", "hash all rows too, to compare a restore to the last bit; reads everything")
    .option("--keep <count>", "afterwards remove the oldest but so many", wholeNumber(1))
    .option("--cron <times>", "stay, and back up at these times (UTC): '0 3 * * *'")
    .action(async ({ cron, keep, ...options }) => {
      const context = contextOf();
      const once = async (): Promise<void> => {
        const name = await backup(context, options);
        if (keep === undefined) return;
        const found = await findBackups(resolve(options.to ?? context.settings().backup.dir), context.now());
        for (const old of beyond(found, keep, name)) {
          await removeBackup(old);
          context.out.note(removedNote(old));
        }
      };
      if (cron === undefined) await once();
      else await atTimes(cron, once, context);
    });
  const backups = program.command("backups").description("list the backups there are, and remove some");
  backups
    .command("list", { isDefault: true })
    .description("list them, oldest first, with those whose writing broke off")
    .option("--to <dir>", "the directory that holds backups")
    .allowExcessArguments()
    .action((options, { args: [unknown] }) => {
      // As it is the default, other words come here too.
      if (unknown !== undefined) throw new UsageError(`unknown command 'backups ${unknown}': want list or prune`);
      return list(contextOf(), options);
    });
  backups
    .command("prune")
    .description("remove backups; what is being written, or is no backup, stays")
    .option("--to <dir>", "the directory that holds backups")
    .option("--keep <count>", "remove the oldest finished ones but so many", wholeNumber(1))
    .option("--unfinished", "remove what is left of those whose writing broke off")
    .option("--dry-run", "only say what would go")
    .action((options) => prune(contextOf(), options));
  program
    .command("restore")
    .description("put everything back as a backup has it")
    .argument("<directory>", "of one backup")
    .option("--clickhouse-from <place>", "where ClickHouse's part lies, if --clickhouse-to had it elsewhere")
    .option("--replace", "yes: everything there is now in ClickHouse and Postgres goes")
    .action((directory, options) => restore(contextOf(), directory, options));
};
