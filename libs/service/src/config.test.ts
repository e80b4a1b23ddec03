import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { inspect } from "node:util";
import { z } from "zod";
import { loadConfig, port, serviceConfig } from "./config.ts";
import { secret } from "./secret.ts";

const dir = mkdtempSync(join(tmpdir(), "sightline-config-"));
after(() => rmSync(dir, { recursive: true }));

function yaml(text: string): string {
  const file = join(dir, "config.yaml");
  writeFileSync(file, text);
  return file;
}

const schema = z.strictObject({
  ...serviceConfig,
  adminPort: port.default(7299),
  otlp: z
    .strictObject({
      grpcPort: port.default(4317),
      labels: z.record(z.string(), z.string()).default({}),
      strictly: z.boolean().default(true),
    })
    .prefault({}),
  targets: z.array(z.strictObject({ name: z.string(), intervalMs: z.int().min(1000).default(15_000) })).default([]),
  internalToken: secret.optional(),
});

const load = (text: string, env: Record<string, string> = {}) => loadConfig(schema, { file: yaml(text), env });

/** The lines of the error that loading ends with. */
function problems(text: string, env: Record<string, string> = {}): string[] {
  try {
    load(text, env);
  } catch (error) {
    if (error instanceof Error) return error.message.split("\n");
  }
  return [];
}

describe("a configuration", () => {
  it("has defaults for everything", () => {
    const config = loadConfig(schema, { env: {} });
    assert.equal(config.adminPort, 7299);
    assert.equal(config.bind, "127.0.0.1");
    assert.deepEqual(config.telemetry, {});
    assert.deepEqual(config.otlp, { grpcPort: 4317, labels: {}, strictly: true });
  });

  it("takes the file over the defaults and the environment over the file", () => {
    const config = load("adminPort: 1\notlp:\n  grpcPort: 2\n  strictly: false\nlogLevel: warn\n", {
      SIGHTLINE_OTLP_GRPC_PORT: "3",
      SIGHTLINE_LOG_LEVEL: "",
      SIGHTLINE_SOMETHING_ELSE: "is not ours",
    });
    assert.equal(config.adminPort, 1);
    assert.deepEqual(config.otlp, { grpcPort: 3, labels: {}, strictly: false });
    assert.equal(config.logLevel, "warn");
  });

  it("reads every kind of value from the environment", () => {
    const config = load("", {
      SIGHTLINE_TELEMETRY_ENDPOINT: "http://127.0.0.1:4317",
      SIGHTLINE_TELEMETRY_API_KEY: "sl_key",
      SIGHTLINE_OTLP_STRICTLY: "false",
      SIGHTLINE_OTLP_LABELS: '{"zone":"1"}',
      SIGHTLINE_TARGETS: '[{"name":"web","intervalMs":2000},{"name":"db"}]',
      SIGHTLINE_BIND: "1",
    });
    assert.equal(config.telemetry.endpoint, "http://127.0.0.1:4317");
    assert.equal(config.telemetry.apiKey?.reveal(), "sl_key");
    assert.equal(config.otlp.strictly, false);
    assert.deepEqual(config.otlp.labels, { zone: "1" });
    assert.deepEqual(config.targets, [
      { name: "web", intervalMs: 2000 },
      { name: "db", intervalMs: 15_000 },
    ]);
    assert.equal(config.bind, "1");
  });

  it("takes a list in YAML from the environment", () => {
    assert.equal(load("", { SIGHTLINE_TARGETS: "- name: web\n- name: db" }).targets.length, 2);
  });

  it("cannot be changed", () => {
    const config = load("");
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.otlp) && Object.isFrozen(config.targets));
  });
});

describe("a wrong configuration is told line by line:", () => {
  const table: { name: string; file?: string; env?: Record<string, string>; want: (string | RegExp)[] }[] = [
    { name: "an unknown key", file: "adminPrt: 1", want: ["adminPrt: unknown key; did you mean adminPort?"] },
    {
      name: "an unknown key inside",
      file: "otlp: {grpcPorts: 1}",
      want: ["otlp.grpcPorts: unknown key; did you mean otlp.grpcPort?"],
    },
    {
      name: "an unknown key in a list",
      file: "targets: [{name: a, nam: b}]",
      want: ["targets[0].nam: unknown key; did you mean targets[0].name?"],
    },
    { name: "a key like no other", file: "zzzzzzzzzzzz: 1", want: ["zzzzzzzzzzzz: unknown key"] },
    {
      name: "a wrong type in the file",
      file: "adminPort: many",
      want: [/^adminPort \(or SIGHTLINE_ADMIN_PORT\): .*expected number.*, got "many"$/],
    },
    {
      name: "a wrong type in the environment",
      env: { SIGHTLINE_ADMIN_PORT: "many" },
      want: [/^adminPort \(SIGHTLINE_ADMIN_PORT\): .*expected number.*, got "many"$/],
    },
    {
      name: "a value out of range",
      env: { SIGHTLINE_ADMIN_PORT: "70000" },
      want: [/^adminPort .*<=65535, got 70000$/],
    },
    {
      name: "a value out of range in a list",
      file: "targets: [{name: a, intervalMs: 1}]",
      want: [/^targets\[0\]\.intervalMs: .*>=1000, got 1$/],
    },
    {
      name: "a missing value",
      file: "targets: [{}]",
      want: [/^targets\[0\]\.name: .*expected string.*, got nothing$/],
    },
    { name: "several at once", file: "adminPort: -1\nlogLevel: loud", want: [/^adminPort/, /^logLevel .*got "loud"$/] },
    {
      name: "a secret, unseen",
      file: "internalToken: [hunter2]",
      want: [/^internalToken(?!.*hunter2).*expected string/],
    },
    { name: "no object", file: "- a\n- b", want: [/got a list, want keys$/] },
    { name: "no YAML", file: "a: [1", want: [/^cannot parse .*config\.yaml: /] },
  ];
  for (const { name, file = "", env = {}, want } of table) {
    it(name, () => {
      const got = problems(file, env);
      assert.equal(got.length, want.length, got.join("\n"));
      for (const [index, line] of want.entries()) {
        if (typeof line === "string") assert.equal(got[index], line);
        else assert.match(got[index] ?? "", line);
      }
    });
  }
  it("a file that is not there", () => {
    assert.throws(() => loadConfig(schema, { file: join(dir, "none.yaml"), env: {} }), /cannot read .*none\.yaml/);
  });
});

describe("a secret", () => {
  it("is shown nowhere", () => {
    const config = load("internalToken: hunter2");
    assert.equal(config.internalToken?.reveal(), "hunter2");
    for (const text of [JSON.stringify(config), inspect(config, { depth: 9 }), `${config.internalToken}`]) {
      assert.doesNotMatch(text, /hunter2/);
      assert.match(text, /\*\*\*/);
    }
  });
});
