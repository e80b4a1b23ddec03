import { hash } from "node:crypto";
import { AppError, invalid } from "@sightline/errors/app-error";
import { readValue, type ToldSecret } from "./codec.ts";
import { DEFAULT_CONFIG_LIMITS } from "./config-limits.ts";
import { createReadContext } from "./read-context.ts";
import { rootCodec } from "./root-codec.ts";
import { nodeAt, type Position, readYamlDocument, type YamlNode, type YamlScalar } from "./yaml-tree.ts";

/** Keys and places in lists that lead to a value. */
export type SecretPath = readonly (string | number)[];

/** A secret of a text. One that has a name is in as many places as the name is used in. */
export interface WrittenSecret extends ToldSecret {
  readonly node: YamlScalar;
  readonly path: SecretPath;
}

/** The secrets of an alertmanager.yml, where they stand in it. */
export interface WrittenSecrets {
  /** In the order in which they are read: of two in the same place the second is the one that holds. */
  readonly secrets: readonly WrittenSecret[];
  /** Of those nodes that are secrets in one place, the ones whose name is used where everybody sees them. */
  readonly seenElsewhere: ReadonlySet<YamlScalar>;
  /** The first thing that is wrong with the text; undefined where it could be read. */
  readonly fault: string | undefined;
  /** The receivers' names, in their order. */
  readonly receivers: readonly string[];
  /** The place of a receiver. */
  receiverNamed(name: string): number | undefined;
  /** Where the text ends that is read. */
  readonly end: number;
  /** How the entries of a list of a receiver look. */
  looksOf(receiver: number, key: string): Looks;
}

/** How the entries of a list look. */
export interface Looks {
  /** How each looks, and how many before it look the same. */
  readonly entries: readonly { readonly look: string; readonly rank: number }[];
  readonly placesOf: ReadonlyMap<string, readonly number[]>;
}

const nothing: WrittenSecrets = {
  secrets: [],
  seenElsewhere: new Set(),
  fault: "1:1: there is no configuration",
  receivers: [],
  receiverNamed: () => undefined,
  end: 0,
  looksOf: () => looksOf([]),
};

/** Finds the secrets of a text, as far as it can be read. `look` is what is seen of them where it matters how something looks. */
export function findSecrets(source: string, look: keyof ToldSecret): WrittenSecrets {
  try {
    return find(source, look);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "invalid_argument") throw thrown;
    return { ...nothing, fault: thrown.message };
  }
}

function find(source: string, look: keyof ToldSecret): WrittenSecrets {
  const document = readYamlDocument(source, DEFAULT_CONFIG_LIMITS);
  if (document === null) return nothing;
  const { root, end } = document;
  const secrets: WrittenSecret[] = [];
  let fault: string | undefined;
  const reads = new Map<YamlNode, number>();
  const reading = createReadContext({
    limits: DEFAULT_CONFIG_LIMITS,
    matcherMode: "fallback",
    problem({ at }, message) {
      fault ??= placed(at, message);
    },
    secret: (node, told) => void secrets.push({ node, ...told, path: [...reading.path] }),
  });
  const context = {
    ...reading,
    spend(node: YamlNode) {
      reads.set(node, (reads.get(node) ?? 0) + 1);
      reading.spend(node);
    },
  };
  const { receivers } = readValue(rootCodec, root, context);
  const seen = new Map(secrets.map((one) => [one.node, one[look]]));
  const names = receivers.map(({ name }) => name);
  const places = new Map(names.map((name, place) => [name, place]));
  const asSecrets = Map.groupBy(secrets, ({ node }) => node);
  const seenElsewhere = [...asSecrets].flatMap(([node, told]) => ((reads.get(node) ?? 0) > told.length ? [node] : []));
  const receiverNamed = (name: string) => places.get(name);
  return {
    ...{ secrets, seenElsewhere: new Set(seenElsewhere), fault, receivers: names, receiverNamed, end },
    looksOf: createLooks(root, seen),
  };
}

/** "line:column: message". */
export function placed({ line, column }: Position, message: string): string {
  return `${line}:${column}: ${message}`;
}

function createLooks(root: YamlNode, seen: ReadonlyMap<YamlNode, string>): WrittenSecrets["looksOf"] {
  const lookOf = createLook(seen);
  const known = new Map<string, Looks>();
  return (receiver, key) => {
    const name = `${receiver}/${key}`;
    const list = nodeAt(root, ["receivers", receiver, key]);
    const found = known.get(name) ?? looksOf(list.kind === "list" ? list.items.map(lookOf) : []);
    known.set(name, found);
    return found;
  };
}

function looksOf(looks: readonly string[]): Looks {
  const placesOf = new Map<string, number[]>();
  const entries = looks.map((look, place) => {
    const places = placesOf.get(look) ?? [];
    placesOf.set(look, places);
    return { look, rank: places.push(place) - 1 };
  });
  return { entries, placesOf };
}

/** Makes a short text of a node that is the same for all that look like it. Each is looked at once, however many aliases it has. */
function createLook(seen: ReadonlyMap<YamlNode, string>): (node: YamlNode) => string {
  const known = new Map<YamlNode, string>();
  const written = (node: YamlNode): string => {
    if (node.kind === "list") return `[${node.items.map(lookOf).join()}]`;
    if (node.kind === "scalar") return `"${seen.get(node) ?? node.text}`;
    return `{${node.pairs.map(({ key, value }) => `${lookOf(key)}:${lookOf(value)}`).join()}}`;
  };
  const lookOf = (node: YamlNode): string => {
    const look = known.get(node) ?? hash("sha256", written(node), "base64");
    known.set(node, look);
    return look;
  };
  return lookOf;
}

/** Throws what is wrong with the text. */
export function assertRead({ fault }: WrittenSecrets): void {
  if (fault !== undefined) throw invalid(`cannot read the configuration of Alertmanager: ${fault}`);
}
