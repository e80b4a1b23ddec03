import { globSync } from "node:fs";

/** Test files that run under the same conditions. */
export interface Group {
  readonly name: string;
  /** Relative to the root. */
  readonly files: readonly string[];
  /** Default concurrency is for tests that share nothing; 1 for those that load the whole machine. */
  readonly serial: boolean;
  /** For one file. */
  readonly timeoutMs: number;
}

interface GroupSpec {
  readonly name: string;
  readonly patterns: readonly string[];
  readonly serial: boolean;
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
    serial: false,
    timeoutMs: 180_000,
  },
  { name: "conformance", patterns: ["tests/conformance/**/*.test.ts"], serial: true, timeoutMs: 300_000 },
  { name: "chart", patterns: ["tests/chart/**/*.test.ts", "helm/**/*.test.ts"], serial: true, timeoutMs: 300_000 },
  { name: "e2e", patterns: ["tests/e2e/**/*.test.ts"], serial: true, timeoutMs: 300_000 },
  { name: "faults", patterns: ["tests/faults/**/*.test.ts"], serial: true, timeoutMs: 300_000 },
  { name: "browser", patterns: ["tests/browser/**/*.test.ts"], serial: true, timeoutMs: 300_000 },
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
  const all = groups.map(({ patterns, ...group }) => ({ ...group, files: filesOf(root, patterns) }));
  if (args.length === 0) return { checks: true, groups: all };
  const wanted = new Set<string>();
  for (const arg of args) {
    if (arg === "check") continue;
    const files = all.find((group) => group.name === arg)?.files ?? filesOf(root, [arg, `${arg}/**/*.test.ts`]);
    const known = files.filter((file) => all.some((group) => group.files.includes(file)));
    const isGroup = all.some((group) => group.name === arg);
    if (known.length === 0 && !isGroup) {
      throw new Error(
        `cannot run ${arg}: got no test file or group of that name, want check, ${groupNames()} or a path`,
      );
    }
    for (const file of known) wanted.add(file);
  }
  const chosen = all.map((group) => ({ ...group, files: group.files.filter((file) => wanted.has(file)) }));
  return { checks: args.includes("check"), groups: chosen };
}

function groupNames(): string {
  return groups.map((group) => group.name).join(", ");
}

function filesOf(root: string, patterns: readonly string[]): string[] {
  const found = globSync([...patterns], { cwd: root, exclude: (name) => /(^|\/)(node_modules|dist)$/.test(name) });
  return found.filter((file) => file.endsWith(".test.ts")).sort();
}
