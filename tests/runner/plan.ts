import { globSync } from "node:fs";

/** Test files that run under the same conditions. */
export interface Group {
  readonly name: string;
  /** Relative to the root, in the order in which they begin. Several run beside each other. */
  readonly files: readonly string[];
  /** After all others, one by one: these measure how long something takes, or load the whole machine. */
  readonly alone: readonly string[];
  /** Whether files of it start Sightline's programs, and look at its page. */
  readonly startsStacks: boolean;
  /** For one file. */
  readonly timeoutMs: number;
}

interface GroupSpec {
  readonly name: string;
  readonly patterns: readonly string[];
  /** Files that begin first, since they take longest: no core waits for them in the end. */
  readonly longest: readonly string[];
  readonly alone: readonly string[];
  readonly startsStacks: boolean;
  readonly timeoutMs: number;
}

/** In the order they run: what is quick and tells most comes first. */
const groups: readonly GroupSpec[] = [
  {
    name: "unit",
    patterns: [
      "libs/**/*.test.ts",
      "services/**/*.test.ts",
      "sightlinectl/**/*.test.ts",
      "deploy/**/*.test.ts",
      "tests/{house-rules,runner}/**/*.test.ts",
    ],
    longest: [
      "libs/bus/src/outage.test.ts",
      "services/storage/src/writer/take-apart.test.ts",
      "services/ingest/src/doors/hostile-input.test.ts",
      "services/storage/src/promql/rolled-up.test.ts",
      "services/ingest/src/doors/contract.test.ts",
      "services/storage/src/migrations.test.ts",
      "libs/postgres/src/postgres.test.ts",
      "services/alerter/src/channels/contract.test.ts",
    ],
    alone: [],
    startsStacks: false,
    timeoutMs: 180_000,
  },
  {
    name: "conformance",
    patterns: ["tests/conformance/**/*.test.ts"],
    longest: [],
    alone: [],
    startsStacks: true,
    timeoutMs: 420_000,
  },
  {
    name: "chart",
    patterns: ["tests/chart/**/*.test.ts", "helm/**/*.test.ts"],
    longest: ["tests/chart/images.test.ts"],
    alone: [],
    startsStacks: false,
    timeoutMs: 420_000,
  },
  {
    name: "e2e",
    patterns: ["tests/e2e/**/*.test.ts"],
    longest: [
      "tests/e2e/backup.test.ts",
      "tests/e2e/prometheus/differential.test.ts",
      "tests/e2e/prometheus/rules-and-targets.test.ts",
      "tests/e2e/stack.test.ts",
      "tests/e2e/dead-letters.test.ts",
      "tests/e2e/make-up.test.ts",
      "tests/e2e/grafana-boards.test.ts",
    ],
    alone: ["tests/e2e/rule-evaluation.test.ts"],
    startsStacks: true,
    timeoutMs: 420_000,
  },
  {
    name: "faults",
    patterns: ["tests/faults/**/*.test.ts"],
    longest: [
      "tests/faults/rounds.test.ts",
      "tests/faults/failpoints.test.ts",
      "tests/faults/clickhouse.test.ts",
      "tests/faults/replicas.test.ts",
      "tests/faults/full-disk.test.ts",
      "tests/faults/rule-files.test.ts",
      "tests/faults/people-told.test.ts",
      "tests/faults/partitions.test.ts",
    ],
    alone: [
      "tests/faults/heavy-queries.test.ts",
      "tests/faults/http2-floods.test.ts",
      "tests/faults/receivers.test.ts",
      "tests/faults/tenants.test.ts",
    ],
    startsStacks: true,
    timeoutMs: 420_000,
  },
  {
    name: "browser",
    patterns: ["tests/browser/**/*.test.ts"],
    longest: [],
    alone: [],
    startsStacks: true,
    timeoutMs: 420_000,
  },
];

export interface Plan {
  readonly checks: boolean;
  readonly groups: readonly Group[];
}

/**
 * What to run: everything without arguments, else the groups named and the files that match a path or pattern.
 * Throws one line when an argument names nothing.
 */
export function planOf(root: string, args: readonly string[]): Plan {
  const all = groups.map((group) => groupOf(root, group));
  if (args.length === 0) return { checks: true, groups: all };
  const inGroup = (group: Group) => [...group.files, ...group.alone];
  const wanted = new Set<string>();
  for (const arg of args) {
    if (arg === "check") continue;
    const named = all.find((group) => group.name === arg);
    const files = named === undefined ? filesOf(root, [arg, `${arg}/**/*.test.ts`]) : inGroup(named);
    const known = files.filter((file) => all.some((group) => inGroup(group).includes(file)));
    if (known.length === 0 && named === undefined) {
      throw new Error(
        `cannot run ${arg}: got no test file or group of that name, want check, ${groupNames()} or a path`,
      );
    }
    for (const file of known) wanted.add(file);
  }
  const chosen = all.map((group) => ({
    ...group,
    files: group.files.filter((file) => wanted.has(file)),
    alone: group.alone.filter((file) => wanted.has(file)),
  }));
  return { checks: args.includes("check"), groups: chosen };
}

function groupOf(root: string, { patterns, longest, ...group }: GroupSpec): Group {
  const found = filesOf(root, patterns);
  const named = [...longest, ...group.alone];
  const gone = named.find((file) => !found.includes(file));
  if (gone !== undefined) throw new Error(`cannot plan ${group.name}: got no file ${gone}, want it mended in plan.ts`);
  return { ...group, files: [...longest, ...found.filter((file) => !named.includes(file))] };
}

function groupNames(): string {
  return groups.map((group) => group.name).join(", ");
}

function filesOf(root: string, patterns: readonly string[]): string[] {
  const found = globSync([...patterns], { cwd: root, exclude: (name) => /(^|\/)(node_modules|dist)$/.test(name) });
  return found.filter((file) => file.endsWith(".test.ts")).sort();
}
