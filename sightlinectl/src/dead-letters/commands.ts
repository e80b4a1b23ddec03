import { Option } from "@commander-js/extra-typings";
import type { AddCommands } from "../add-commands.ts";
import { wholeNumber, wholeNumbers } from "../arguments.ts";
import { ALL_TENANTS } from "./dead-letter.ts";
import { deleteLetters } from "./delete.ts";
import { list } from "./list.ts";
import { redrive } from "./redrive.ts";
import { show } from "./show.ts";

/** `sightlinectl deadletters …` */
export const addDeadLetterCommands: AddCommands = (program, contextOf) => {
  const group = program
    .command("deadletters")
    .description("messages that could not be stored: why, and send them again");
  group
    .command("list")
    .description("list them, oldest first")
    .addOption(reasonOption("only of this reason"))
    .option(...tenantOption)
    .option("--all-tenants", "of all tenants, as who runs the system")
    .option("--start <sequence>", "from this sequence on", wholeNumber(0), 0)
    .option("--limit <count>", "at most so many", wholeNumber(1), 100)
    .action(({ reason = "", allTenants = false, ...options }) => {
      const whose = allTenants ? { tenant: ALL_TENANTS } : {};
      return list(contextOf(), { ...options, ...whose, reason });
    });
  group
    .command("show")
    .description("show one")
    .argument("<sequence>", "as listed", wholeNumber(1))
    .option("--output <file>", "write the message itself there")
    .option(...tenantOption)
    .action((sequence, options) => show(contextOf(), sequence, options));
  group
    .command("redrive")
    .description("publish messages again, unchanged, where they came from, and remove the dead letters")
    .argument("[sequences...]", "as listed", wholeNumbers(1))
    .option("--all", "all there are")
    .addOption(reasonOption("with --all: only of this reason"))
    .option(...tenantOption)
    .option("--even-if-partly-stored", "also when records of a message are stored, or may be, and will be twice")
    .action((sequences, options) => redrive(contextOf(), sequences ?? [], options));
  group
    .command("delete")
    .description("remove dead letters for good: those that nobody needs, or whose records are stored")
    .argument("<sequences...>", "as listed", wholeNumbers(1))
    .option(...tenantOption)
    .action((sequences, options) => deleteLetters(contextOf(), sequences, options));
};

const tenantOption = ["--tenant <tenant>", "of another tenant, as who runs the system"] as const;

/** The words of storage (`RejectReason`). */
const REASONS = ["no_tenant", "malformed", "invalid_record", "refused_by_database"] as const;

function reasonOption(about: string) {
  return new Option("--reason <reason>", about).choices(REASONS);
}
