/** The value of an attribute of the span at hand, or of its resource; "" when there is none. */
export type ReadAttribute = (key: string) => string;

/** Of these attributes the names of nodes are made that send no spans themselves. */
export const NODE_NAME_KEYS = [
  "peer.service",
  "server.address",
  "network.peer.address",
  "network.peer.port",
  "db.namespace",
  "db.name",
  "db.system.name",
  "db.system",
  "messaging.system",
  "messaging.destination.template",
  "messaging.destination.name",
  "messaging.destination.temporary",
  "messaging.destination.anonymous",
] as const;

/** What OpenTelemetry's conventions call the product, before and since they were stable. */
const DATABASE_KEYS = ["db.namespace", "db.name", "db.system.name", "db.system"] as const;

/**
 * The node that a database is to the spans of its clients, "" when it is none: by the first that is there of
 * `peer.service`, its address, its name, its product.
 */
export function databaseName(read: ReadAttribute): string {
  const own = firstOf(read, DATABASE_KEYS);
  if (own === "") return "";
  return read("peer.service") || read("server.address") || peerAddress(read) || own;
}

function peerAddress(read: ReadAttribute): string {
  const address = read("network.peer.address");
  const port = read("network.peer.port");
  return address === "" || port === "" ? address : `${address}:${port}`;
}

/** Where a message goes to or comes from. */
export interface Queue {
  /** `nats`, `kafka`; or the `peer.service` by which the sender calls it. */
  readonly system: string;
  /** Of the stream, subject or topic; "" when it tells nothing, as that of one answer. */
  readonly destination: string;
}

/** The queue that the span sends to or receives from; undefined when it does not say. */
export function queueOf(read: ReadAttribute): Queue | undefined {
  const system = read("messaging.system");
  if (system === "") return undefined;
  const isPassing =
    read("messaging.destination.temporary") === "true" || read("messaging.destination.anonymous") === "true";
  const name = isPassing ? "" : read("messaging.destination.name");
  return {
    system: read("peer.service") || system,
    // Answers of NATS come to subjects that nobody uses twice, and few say so.
    destination: read("messaging.destination.template") || (name.startsWith("_INBOX.") ? "" : name),
  };
}

/** The first of the attributes that is there. */
export function firstOf(read: ReadAttribute, keys: readonly string[]): string {
  for (const key of keys) {
    const value = read(key);
    if (value !== "") return value;
  }
  return "";
}
