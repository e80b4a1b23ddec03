import assert from "node:assert/strict";
import { parse } from "yaml";
import { z } from "zod";
import { readProvisioning } from "./boards.ts";

const dataSource = z.looseObject({
  uid: z.string(),
  name: z.string(),
  type: z.string(),
  url: z.string().optional(),
  jsonData: z.looseObject({}),
  secureJsonData: z.record(z.string(), z.string()),
});
/** A data source as it is provisioned. */
export type DataSource = z.infer<typeof dataSource>;

/** Every provisioned data source, with the environment put in as Grafana does it; without one, as the file has it. */
export function readDataSources(environment?: Readonly<Record<string, string>>): readonly DataSource[] {
  const text = readProvisioning("provisioning/datasources/sightline.yaml");
  const filled = environment === undefined ? text : filledIn(text, environment);
  return z.object({ datasources: z.array(dataSource) }).parse(parse(filled, { merge: true })).datasources;
}

/** `$NAME` and `${NAME}` are variables, and `$$` is a dollar sign (Grafana, "Provision Grafana", environment variables). */
function filledIn(text: string, environment: Readonly<Record<string, string>>): string {
  const body = text.replaceAll(/^ *#.*$/gm, "");
  return body.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (_found, braced?: string, plain?: string) => {
    const name = braced ?? plain;
    return name === undefined ? "$" : (environment[name] ?? assert.fail(`${name} is not set`));
  });
}
