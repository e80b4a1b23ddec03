import { createHash } from "node:crypto";
import { xxhash64 } from "@sightline/query/promql/xxhash64";

/** A group of rules: names are unique within a file, files within a tenant. */
export interface GroupId {
  readonly tenant: string;
  readonly file: string;
  readonly group: string;
}

/** What groups are divided over; never fewer, or groups that are evaluated by an older version are evaluated twice. */
const GROUP_SHARDS = 16;
/** The shard of all groups that look at events: who has it reads the bus, and nobody else does. */
export const EVENT_SHARD = GROUP_SHARDS;
/** All shards that there are. */
export const SHARDS = GROUP_SHARDS + 1;

/** What a group is known by in maps. */
export function groupKeyOf({ tenant, file, group }: GroupId): string {
  return JSON.stringify([tenant, file, group]);
}

/** The shard of a group that does not look at events. */
export function shardOf(id: GroupId): number {
  return Number(xxhash64(Buffer.from(groupKeyOf(id))) % BigInt(GROUP_SHARDS));
}

/**
 * The id of a rule in `alerts`: the same wherever and whenever it is asked (a UUID of version 8, RFC 9562 §5.8).
 *
 * @param id the rule's in the state of its group
 */
export function ruleIdOf(group: GroupId, id: string): string {
  const { tenant, file, group: name } = group;
  const bytes = createHash("sha256")
    .update(JSON.stringify([tenant, file, name, id]))
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
