import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { configKeys } from "@sightline/service/config-keys";
import { z } from "zod";
import { findHelm, openChart, type Rendered } from "./helm.ts";

const helm = findHelm();
const skip = helm === undefined ? "helm is not here, and no Go to build it" : false;
const chart = openChart(helm ?? "helm");
const root = resolve(import.meta.dirname, "../..");
const services = readdirSync(resolve(root, "services"));

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  securityContext: z.looseObject({}).optional(),
  startupProbe: z.looseObject({}).optional(),
  livenessProbe: z.looseObject({}).optional(),
  readinessProbe: z.looseObject({}).optional(),
  resources: z.looseObject({ requests: z.looseObject({}), limits: z.looseObject({ memory: z.string() }) }),
});
const podSpec = z.looseObject({
  automountServiceAccountToken: z.boolean(),
  securityContext: z.looseObject({ runAsNonRoot: z.boolean(), seccompProfile: z.looseObject({ type: z.string() }) }),
  containers: z.array(container),
});
const workload = z.looseObject({ spec: z.looseObject({ template: z.looseObject({ spec: podSpec }) }) });
const cronJob = z.looseObject({
  spec: z.looseObject({
    concurrencyPolicy: z.string(),
    jobTemplate: z.looseObject({
      spec: z.looseObject({
        template: z.looseObject({
          spec: podSpec.extend({ containers: z.array(container.extend({ args: z.array(z.string()) })) }),
        }),
      }),
    }),
  }),
});
const servers = ["nats", "clickhouse", "postgres", "redis"].flatMap((name) => ["--set", `${name}.url=http://x`]);
const configMap = z.looseObject({ data: z.record(z.string(), z.string()) });

function workloads(rendered: readonly Rendered[]) {
  return rendered
    .filter(({ kind }) => ["Deployment", "StatefulSet", "DaemonSet"].includes(kind))
    .map((object) => ({ name: object.metadata.name, pod: workload.parse(object).spec.template.spec }));
}

/** The schema that a service's config.ts exports. */
async function configOf(service: string): Promise<z.ZodObject> {
  const exported: object = await import(resolve(root, "services", service, "src/config.ts"));
  const schema = Object.values(exported).find((value) => value instanceof z.ZodObject);
  assert.ok(schema, `${service} has no configuration`);
  return schema;
}

for (const values of ["default-values.yaml", "existing-secret-values.yaml"]) {
  test(`helm lint --strict is clean with ${values}`, { skip }, () => {
    const { status, output } = chart.lint(values);
    assert.equal(status, 0, output);
  });

  test(`every service is rendered, restricted and probed with ${values}`, { skip }, () => {
    const found = workloads(chart.template(values));
    const names = found.map(({ name }) => name.replace("release-sightline-", ""));
    assert.deepEqual(names.filter((name) => name !== "grafana").toSorted(), services.toSorted());
    for (const { name, pod } of found) {
      assert.equal(pod.automountServiceAccountToken, false, name);
      assert.equal(pod.securityContext.runAsNonRoot, true, name);
      assert.equal(pod.securityContext.seccompProfile.type, "RuntimeDefault", name);
      for (const each of pod.containers) {
        assert.deepEqual(
          each.securityContext,
          { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
          name,
        );
        assert.ok(each.startupProbe && each.livenessProbe && each.readinessProbe, `${name} lacks a probe`);
        assert.match(each.image, /:\d/, `${name} has no version`);
      }
    }
  });
}

test("every setting that the chart gives a service is one that the service knows", { skip }, async () => {
  const rendered = chart.template("default-values.yaml");
  const common = rendered
    .filter(({ kind }) => kind === "ConfigMap")
    .flatMap((map) => Object.keys(configMap.parse(map).data));
  const knownToAny = new Set<string>();
  for (const { name, pod } of workloads(rendered)) {
    const service = name.replace("release-sightline-", "");
    const known = new Set(configKeys(await configOf(service)).map(({ env }) => env));
    for (const variable of known) knownToAny.add(variable);
    const given = pod.containers.flatMap(({ env }) =>
      env.filter(({ value }) => value !== undefined).map((entry) => entry.name),
    );
    for (const variable of given.filter((entry) => entry.startsWith("SIGHTLINE_"))) {
      assert.ok(known.has(variable), `${service} does not know ${variable}`);
    }
  }
  for (const variable of common) assert.ok(knownToAny.has(variable), `no service knows ${variable}`);
});

test("behind an ingress with TLS the page's address, its cookie and who forwards are known", { skip }, () => {
  const settings = (values: string) => {
    const [map] = chart.template(values).filter(({ kind }) => kind === "ConfigMap");
    const { data } = configMap.parse(map);
    return [data.SIGHTLINE_EXTERNAL_URL, data.SIGHTLINE_SECURE_COOKIE, data.SIGHTLINE_TRUSTED_PROXIES];
  };
  assert.deepEqual(settings("default-values.yaml"), [undefined, undefined, undefined]);
  assert.deepEqual(settings("existing-secret-values.yaml"), [
    "https://sightline.example.com",
    "true",
    '["uniquelocal"]',
  ]);
});

test("further doors are closed until a port is given, then open in the pod, the service and the policy", {
  skip,
}, () => {
  const door = { port: "5514", protocol: "UDP", public: "true", appProtocol: "syslog" };
  const settings = Object.entries(door).flatMap(([field, value]) => [
    "--set",
    `services.ingest.ports.syslog-udp.${field}=${value}`,
  ]);
  const found = (...settings: string[]) =>
    chart
      .template("default-values.yaml", ...settings)
      .map(({ kind, metadata, ...rest }) => ({ kind, name: metadata.name, text: JSON.stringify(rest) }))
      .filter(({ name, text }) => name === "release-sightline-ingest" && text.includes("5514"));
  assert.deepEqual(found(), []);
  const open = found(...settings);
  assert.deepEqual(
    open.map(({ kind }) => kind),
    ["NetworkPolicy", "Service", "Deployment"],
  );
  for (const { text } of open) assert.match(text, /"protocol":"UDP"/);
});

test("backups are a job at set times with the rights of no more than it needs", { skip }, () => {
  const jobs = (values: string, ...settings: string[]) =>
    chart.template(values, ...settings).filter(({ kind }) => kind === "CronJob");
  assert.deepEqual(jobs("default-values.yaml"), []);
  const [job] = jobs("existing-secret-values.yaml").map((object) => cronJob.parse(object).spec);
  assert.equal(job?.concurrencyPolicy, "Forbid");
  const { securityContext, containers, automountServiceAccountToken } = job.jobTemplate.spec.template.spec;
  assert.equal(automountServiceAccountToken, false);
  assert.equal(securityContext.runAsNonRoot, true);
  const [each] = containers;
  assert.ok(each);
  assert.ok(each.args.includes("--clickhouse-to=S3(backups, '{name}')"));
  const given = new Set(each.env.map(({ name }) => name));
  for (const wanted of ["SIGHTLINE_INTERNAL_TOKEN", "SIGHTLINE_POSTGRES_URL", "SIGHTLINE_CLICKHOUSE_PASSWORD"]) {
    assert.ok(given.has(wanted), `the job lacks ${wanted}`);
  }
  assert.match(chart.refusal(...servers, "--set", "backup.enabled=true"), /backup\.clickhouseTo is empty/);
});

test("Grafana comes with its data sources, boards and user only when it is wanted, and with no password in the open", {
  skip,
}, () => {
  const of = (values: string) => chart.template(values).filter(({ metadata }) => /-grafana(-|$)/.test(metadata.name));
  assert.deepEqual(of("default-values.yaml"), []);
  const objects = of("existing-secret-values.yaml");
  const names = (kind: string) => objects.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name);
  const grafana = "release-sightline-grafana";
  const folders = ["aegis", "dora-compliance", "opssight", "sightline"].map((folder) => `${grafana}-${folder}`);
  assert.deepEqual(names("ConfigMap").toSorted(), [grafana, ...folders, `${grafana}-reader`].toSorted());
  assert.deepEqual(names("Job"), [`${grafana}-reader-1`]);
  for (const object of objects.filter(({ kind }) => kind === "ConfigMap")) {
    for (const [file, text] of Object.entries(configMap.parse(object).data)) {
      assert.ok(text.length > 100, file);
      if (file.endsWith(".json")) assert.match(JSON.parse(text).uid, /^[a-z-]+$/);
    }
  }
  const [deployment] = objects.filter(({ kind }) => kind === "Deployment").map((object) => workload.parse(object));
  const [each] = deployment?.spec.template.spec.containers ?? [];
  assert.match(each?.image ?? "", /:\d+\.\d+\.\d+$/);
  const open = new Set(each?.env.filter(({ value }) => value !== undefined).map(({ name }) => name));
  for (const name of ["GF_SECURITY_ADMIN_PASSWORD", "SIGHTLINE_QUERY_KEY", "SIGHTLINE_CLICKHOUSE_PASSWORD"]) {
    assert.ok(each?.env.some((entry) => entry.name === name) && !open.has(name), name);
  }
});

test("a Secret of the operator's own replaces the chart's", { skip }, () => {
  const secrets = (values: string) => chart.template(values).filter(({ kind }) => kind === "Secret").length;
  assert.equal(secrets("default-values.yaml"), 1);
  assert.equal(secrets("existing-secret-values.yaml"), 0);
});

test("the key that seals is given to those that seal, and to nobody else", { skip }, () => {
  const key = "k".repeat(32);
  const of = (...settings: string[]) => chart.template("default-values.yaml", ...settings);
  const secretOf = (rendered: readonly Rendered[]) =>
    rendered.filter(({ kind }) => kind === "Secret").map((object) => configMap.parse(object).data)[0] ?? {};
  assert.deepEqual(
    Object.keys(secretOf(of())).filter((name) => name.includes("seal")),
    [],
  );
  const sealing = of("--set", `seal.key=${key}`);
  assert.equal(Buffer.from(secretOf(sealing)["seal-key"] ?? "", "base64").toString(), key);
  const have = workloads(sealing).filter(({ pod }) =>
    pod.containers.some(({ env }) =>
      env.some(({ name, value }) => name === "SIGHTLINE_SEAL_KEY" && value === undefined),
    ),
  );
  assert.deepEqual(have.map(({ name }) => name.replace("release-sightline-", "")).toSorted(), ["alerter", "gateway"]);
  assert.match(chart.refusal(...servers, "--set", "seal.key=short"), /seal/);
});

test("a missing address is one line that names the value", { skip }, () => {
  assert.match(chart.refusal(), /nats\.url is empty: give the address of your nats server/);
});

test("a value that the chart does not know is refused", { skip }, () => {
  assert.match(chart.refusal("--set", "clickhose.url=x"), /clickhose/);
});
