import { readFileSync } from "node:fs";

/** Rules that are shipped, to be enabled by the name of their pack: a rule file, and unit tests of it in promtool's form. */
export interface Pack {
  readonly name: string;
  readonly description: string;
  readonly rules: string;
  readonly tests: string;
}

/** All packs. A new one is a folder with its two files and an entry here. */
export const PACKS: readonly Pack[] = [
  {
    name: "infrastructure",
    description: "Hosts and services: what is down, busy or full.",
    rules: readFileSync(new URL("./infrastructure/rules.yml", import.meta.url), "utf8"),
    tests: readFileSync(new URL("./infrastructure/tests.yml", import.meta.url), "utf8"),
  },
  {
    name: "api",
    description: "HTTP APIs and models behind them: errors and latency.",
    rules: readFileSync(new URL("./api/rules.yml", import.meta.url), "utf8"),
    tests: readFileSync(new URL("./api/tests.yml", import.meta.url), "utf8"),
  },
  {
    name: "workflows",
    description: "Workflows, executors and tests: what fails too often.",
    rules: readFileSync(new URL("./workflows/rules.yml", import.meta.url), "utf8"),
    tests: readFileSync(new URL("./workflows/tests.yml", import.meta.url), "utf8"),
  },
  {
    name: "deploys",
    description: "Deployments, changes and the four keys of DORA.",
    rules: readFileSync(new URL("./deploys/rules.yml", import.meta.url), "utf8"),
    tests: readFileSync(new URL("./deploys/tests.yml", import.meta.url), "utf8"),
  },
  {
    name: "compliance",
    description: "Violations of policies and regulations.",
    rules: readFileSync(new URL("./compliance/rules.yml", import.meta.url), "utf8"),
    tests: readFileSync(new URL("./compliance/tests.yml", import.meta.url), "utf8"),
  },
  {
    name: "security",
    description: "Attempts to get in, and signs that somebody did.",
    rules: readFileSync(new URL("./security/rules.yml", import.meta.url), "utf8"),
    tests: readFileSync(new URL("./security/tests.yml", import.meta.url), "utf8"),
  },
  {
    name: "database",
    description: "Databases and caches.",
    rules: readFileSync(new URL("./database/rules.yml", import.meta.url), "utf8"),
    tests: readFileSync(new URL("./database/tests.yml", import.meta.url), "utf8"),
  },
];
