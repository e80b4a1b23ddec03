import { isIP } from "node:net";
import { DEFAULT_TENANT, isTenant } from "@sightline/model/tenant";
import { port } from "@sightline/service/config";
import { z } from "zod";

/** `10.0.0.0/8`, `fd00::/8`, or one address. */
const network = z.string().refine((text) => {
  const [address = "", bits = "0", ...more] = text.split("/");
  const most = isIP(address) === 4 ? 32 : 128;
  return isIP(address) !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}, "want an address or a network such as 10.0.0.0/8");

const timeZone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}, "want the name of a time zone such as Europe/Berlin");

/** A port that syslog is listened to on. No key comes with syslog: whose the messages are is said here. */
const listener = z
  .strictObject({
    transport: z.enum(["udp", "tcp", "tls"]),
    port,
    tenant: z.string().refine(isTenant, "want the name of a tenant").default(DEFAULT_TENANT),
    /** From where it is taken; empty: from everywhere. */
    allowFrom: z.array(network).default([]),
    /** Of times without a zone, as RFC 3164 has them. */
    timeZone: timeZone.default("UTC"),
    /** Longer messages are refused. */
    maxMessageBytes: z
      .int()
      .min(480)
      .max(512 * 1024)
      .default(64 * 1024),
    /** TCP: connections at a time; further ones are closed at once. */
    maxConnections: z.int().min(1).max(100_000).default(1000),
    /** TCP: a connection on which nothing came for so long is closed. */
    idleTimeoutMs: z.int().min(1000).default(3_600_000),
    /** UDP: messages that wait for the bus, with 256 bytes more for each; further ones are dropped, and counted. */
    maxQueuedBytes: z
      .int()
      .min(64 * 1024)
      .default(8 * 1024 * 1024),
    /** TLS: PEM files; with `clientCaFile` only clients with a certificate of it are served. */
    tls: z
      .strictObject({
        certFile: z.string().min(1),
        keyFile: z.string().min(1),
        clientCaFile: z.string().min(1).optional(),
      })
      .optional(),
  })
  .refine(({ transport, tls }) => (transport === "tls") === (tls !== undefined), {
    message: "want tls with the transport tls, and only then",
    path: ["tls"],
  });

/** Where syslog is listened to; by default nowhere. */
export const syslogConfig = z.array(listener).default([]);
export type SyslogListener = z.output<typeof listener>;
