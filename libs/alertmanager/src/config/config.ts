import { AppError, invalid } from "@sightline/errors/app-error";
import { stringify } from "yaml";
import type { InhibitRule } from "../inhibit/inhibitor.ts";
import type { MatcherMode, MatcherNote } from "../matcher/parse-matchers.ts";
import type { RouteConfig } from "../route/route-config.ts";
import type { NamedTimeIntervals } from "../time-interval/time-interval.ts";
import { checkPolicies, checkReferences, countRoutes, type FailAtPath, type Path } from "./check-references.ts";
import { readValue } from "./codec.ts";
import { type ConfigLimits, DEFAULT_CONFIG_LIMITS } from "./config-limits.ts";
import { checkGlobal, type GlobalConfig, globalConfig } from "./global-config.ts";
import { inhibitRuleOf } from "./inhibit-codec.ts";
import { createReadContext } from "./read-context.ts";
import { type Receiver, receiverConfigOf, receiverOf } from "./receiver.ts";
import { rootCodec, type WrittenConfig } from "./root-codec.ts";
import { createSecret, type Secret } from "./secret.ts";
import { nodeAt, type Position, readYaml, type YamlNode } from "./yaml-tree.ts";

export interface ConfigOptions {
  readonly limits?: ConfigLimits;
  /** Which language matchers and names of labels are read in. Default: `fallback`, as Alertmanager's. */
  readonly matcherMode?: MatcherMode;
  /** The names of the escalation policies that there are. Default: any may be named. */
  readonly policies?: ReadonlySet<string>;
}

/** Something wrong in a configuration, in Alertmanager's words where it has some. */
export interface ConfigProblem extends Position {
  readonly message: string;
}

/** Matchers that Alertmanager will read otherwise one day, with what to write instead. */
export interface ConfigNote extends Position, MatcherNote {}

/** Alertmanager's configuration, checked, with all that holds for all receivers filled in where they say nothing. */
export interface Config {
  readonly global: GlobalConfig;
  readonly route: RouteConfig;
  readonly inhibitRules: readonly InhibitRule[];
  readonly receivers: readonly Receiver[];
  /** Names of files, or patterns for them, that hold templates. */
  readonly templates: readonly string[];
  readonly timeIntervals: NamedTimeIntervals;
  readonly notes: readonly ConfigNote[];
  /** The text that it was read from: a secret, since secrets are in it. */
  readonly original: Secret;
  readonly written: WrittenConfig;
}

/** A configuration, or what is wrong with it: all of that, so that it can be put right at once. */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** More is not told of one configuration. */
const maxProblems = 100;

/** Reads alertmanager.yml. It takes and refuses what Alertmanager 0.34 does, and throws at no text. */
export function readConfig(original: string, options: ConfigOptions = {}): ConfigResult {
  const { limits = DEFAULT_CONFIG_LIMITS, matcherMode = "fallback", policies } = options;
  try {
    const tree = readYaml(original, limits);
    if (tree === null) throw invalid("1:1: no route provided in config");
    return read(tree, { original, limits, matcherMode, policies });
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "invalid_argument") {
      return { ok: false, problems: [problemOf(thrown.message)] };
    }
    throw thrown;
  }
}

/** As `readConfig`, but throws invalid_argument with all that is wrong, a line each: "line:column: message". */
export function loadConfig(original: string, options: ConfigOptions = {}): Config {
  const result = readConfig(original, options);
  if (result.ok) return result.config;
  const lines = result.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  throw invalid(`cannot read the configuration of Alertmanager: ${lines.join("\n")}`);
}

function problemOf(text: string): ConfigProblem {
  const [, line = "1", column = "1", message = text] = /^(\d+):(\d+): (.*)$/s.exec(text) ?? [];
  return { line: Number(line), column: Number(column), message };
}

interface Reading extends Required<Pick<ConfigOptions, "limits" | "matcherMode">> {
  readonly original: string;
  readonly policies: ReadonlySet<string> | undefined;
}

function read(tree: YamlNode, options: Reading): ConfigResult {
  const { limits, original, policies } = options;
  const problems: ConfigProblem[] = [];
  const notes: ConfigNote[] = [];
  const problem = (node: YamlNode, message: string) => {
    if (problems.length < maxProblems) problems.push({ ...node.at, message });
  };
  const note = (node: YamlNode, told: MatcherNote) => void notes.push({ ...node.at, ...told });
  const context = createReadContext({ ...options, problem, note });
  const written = readValue(rootCodec, tree, context);
  // What refers to what would be told wrongly of what could not be read.
  if (problems.length > 0) return { ok: false, problems };
  const failAt = (path: Path, message: string) => problem(nodeAt(tree, path), message);
  const config = complete(written, { original, notes, limits, policies, failAt });
  return config === undefined || problems.length > 0 ? { ok: false, problems } : { ok: true, config };
}

interface Completion {
  readonly original: string;
  readonly notes: readonly ConfigNote[];
  readonly limits: ConfigLimits;
  readonly policies: ReadonlySet<string> | undefined;
  readonly failAt: FailAtPath;
}

function complete(written: WrittenConfig, completion: Completion): Config | undefined {
  const { original, notes, limits, policies, failAt } = completion;
  const global = written.global ?? globalConfig.initial;
  checkGlobal(global, (message, key) => failAt(key === undefined ? ["global"] : ["global", key], message));
  const receivers = written.receivers.map((receiver, place) =>
    receiverOf(receiver, global, (key, index) => (message) => failAt(["receivers", place, key, index], message)),
  );
  const { route } = written;
  if (route === undefined) {
    failAt([], "no routes provided");
    return undefined;
  }
  checkReferences({ ...written, route }, failAt);
  if (policies !== undefined) checkPolicies(receivers, policies, failAt);
  const routes = countRoutes(route);
  if (routes > limits.maxRoutes) failAt(["route"], `got ${routes} routes, want at most ${limits.maxRoutes}`);
  if (receivers.length > limits.maxReceivers) {
    failAt(["receivers"], `got ${receivers.length} receivers, want at most ${limits.maxReceivers}`);
  }
  const intervals = [...written.muteTimeIntervals, ...written.timeIntervals];
  return {
    global,
    route,
    inhibitRules: written.inhibitRules.map(inhibitRuleOf),
    receivers,
    templates: written.templates,
    timeIntervals: new Map(intervals.map(({ name, timeIntervals }) => [name, timeIntervals])),
    notes,
    original: createSecret(original),
    written,
  };
}

export interface PrintOptions {
  /** Whether what Alertmanager does not know is left out. Default: no. */
  readonly plain?: boolean;
}

/**
 * The configuration as `/api/v2/status` of Alertmanager shows it: with what holds for all filled in, and `<secret>` where secrets are.
 * It can be read again, by Alertmanager where it is plain.
 */
export function printConfig({ written, global, receivers }: Config, { plain = false }: PrintOptions = {}): string {
  const shown = receivers.map(receiverConfigOf).map((one) => (plain ? { ...one, sightline: undefined } : one));
  const printed = rootCodec.print({ ...written, global, receivers: shown });
  return stringify(printed, { version: "1.1", compat: "core", lineWidth: 0, aliasDuplicateObjects: false });
}
