import { msOfNanos } from "@sightline/model/time";
import type { MaintenanceWindow } from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import type { Revision } from "@sightline/proto/sightline/alert/v1/oncall_service";
import type { Clients } from "../clients.ts";
import type { Asking } from "../sources/asking.ts";
import type { SilenceInForce } from "../sources/silences.ts";
import type { Change } from "./report.ts";

const most = { ruleFiles: 200 } as const;

/** The changes that services keep, of any time: what is told of each differs, as the report says. */
export async function readChanges(
  clients: Clients,
  asking: Asking,
  silences: readonly SilenceInForce[],
  windows: readonly MaintenanceWindow[],
): Promise<Change[]> {
  const [files, configuration, oncall] = await Promise.all([
    asking.orMissing("changes of rule files", changesOfRuleFiles(clients, asking), []),
    asking.orMissing("changes of alertmanager.yml", changeOfConfiguration(clients, asking), []),
    asking.orMissing("changes of schedules and escalation policies", changesOfOncall(clients, asking), []),
  ]);
  // Whose it is says not who changed it last.
  const ofSilences = silences.map(({ id, author, text, updatedMs }) => ({
    timeMs: updatedMs,
    author: "",
    what: `silence of ${author}`,
    name: text,
    version: id,
  }));
  return [...files, ...configuration, ...oncall, ...ofSilences, ...windows.flatMap(changesOfWindow)];
}

async function changesOfRuleFiles({ rules }: Clients, asking: Asking): Promise<Change[]> {
  const { files } = await rules.call("listRuleFiles", {}, asking.call);
  if (files.length > most.ruleFiles) asking.cut("changes of rule files", most.ruleFiles);
  const changes: Change[] = [];
  for (const { name } of files.slice(0, most.ruleFiles)) {
    const { versions } = await rules.call("listRuleFileVersions", { name }, asking.call);
    for (const version of versions) {
      changes.push({
        timeMs: Number(version.createdAtUnixMs),
        author: version.author,
        what: version.deleted ? "rule file deleted" : "rule file",
        name,
        version: String(version.version),
      });
    }
  }
  return changes;
}

async function changeOfConfiguration({ alertmanager }: Clients, { call }: Asking): Promise<Change[]> {
  const { version, author, createdAtUnixMs } = await alertmanager.call("getConfiguration", {}, call);
  if (version === 0n) return [];
  const name = "alertmanager.yml";
  return [{ timeMs: Number(createdAtUnixMs), author, what: "configuration", name, version: String(version) }];
}

async function changesOfOncall({ oncall }: Clients, { call }: Asking): Promise<Change[]> {
  const [{ schedules }, { policies }] = await Promise.all([
    oncall.call("listSchedules", {}, call),
    oncall.call("listEscalationPolicies", { asOfUnixNano: 0n }, call),
  ]);
  return [
    ...schedules.flatMap(({ schedule, revision }) => revised("schedule", schedule?.name, revision)),
    ...schedules.flatMap(({ schedule, overrides }) =>
      overrides.map((override) => ({
        timeMs: msOfNanos(override.createdUnixNano),
        author: override.createdBy,
        what: "override",
        name: `${override.user} in ${schedule?.name ?? ""}`,
        version: override.overrideId,
      })),
    ),
    ...policies.flatMap(({ policy, revision }) => revised("escalation policy", policy?.name, revision)),
  ];
}

function revised(what: string, name: string | undefined, revision: Revision | undefined): Change[] {
  if (name === undefined || revision === undefined) return [];
  const timeMs = msOfNanos(revision.changedUnixNano);
  return [{ timeMs, author: revision.changedBy, what, name, version: String(revision.revision) }];
}

function changesOfWindow(window: MaintenanceWindow): Change[] {
  const { name, windowId: version } = window;
  const created = {
    timeMs: Number(window.createdAtUnixMs),
    author: window.createdBy,
    what: "maintenance window created",
  };
  const updated = { timeMs: Number(window.updatedAtUnixMs), author: window.updatedBy, what: "maintenance window" };
  const both = updated.timeMs > created.timeMs ? [created, updated] : [created];
  return both.map((change) => ({ ...change, name, version }));
}
