import { externalUrl, SERVERS } from "./data-servers.ts";
import { reachable, SERVICES, type ServiceContext } from "./services.ts";

/** Something the collector visits, as its configuration wants it. */
export interface TargetSetting {
  readonly name: string;
  readonly kind: "http" | "tcp" | "scrape";
  readonly address: string;
  readonly intervalMs: number;
  readonly labels: Readonly<Record<string, string>>;
}

const checkIntervalMs = 10_000;
const scrapeIntervalMs = 15_000;

/** The stack watches itself: whether its services are ready and its servers answer, and what the services measure. */
export function ownTargets({ ports, bind }: ServiceContext): TargetSetting[] {
  const services = SERVICES.flatMap(({ name, adminPort, isPublic }): TargetSetting[] => {
    const admin = `http://${isPublic ? reachable(bind) : "127.0.0.1"}:${ports(adminPort)}`;
    const labels = { service: name };
    return [
      { name, kind: "http", address: `${admin}/readyz`, intervalMs: checkIntervalMs, labels },
      { name: `${name} metrics`, kind: "scrape", address: `${admin}/metrics`, intervalMs: scrapeIntervalMs, labels },
    ];
  });
  const servers = SERVERS.filter(({ name }) => externalUrl(name) === undefined).map(
    ({ name, port }): TargetSetting => ({
      name,
      kind: "tcp",
      address: `127.0.0.1:${ports(port)}`,
      intervalMs: checkIntervalMs,
      labels: {},
    }),
  );
  return [...services, ...servers];
}
