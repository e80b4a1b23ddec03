import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentOf } from "@sightline/local/install/binary";
import { fromDebian } from "@sightline/local/install/debian";
import { startProcess } from "@sightline/local/servers/process";
import { eventually } from "@sightline/testkit/eventually";
import { freePort } from "@sightline/testkit/free-port";

/** Starts a real Alertmanager that tells a webhook of everything it is sent. */
export async function startTellingAlertmanager(webhookUrl: string) {
  const binary = await fromDebian("prometheus-alertmanager", "prometheus-alertmanager");
  const dir = mkdtempSync(join(tmpdir(), "sightline-alertmanager-"));
  const config = join(dir, "alertmanager.yml");
  writeFileSync(
    config,
    `
route: { receiver: sightline, group_by: [alertname], group_wait: 100ms, group_interval: 1s }
receivers: [{ name: sightline, webhook_configs: [{ url: "${webhookUrl}", send_resolved: true }] }]
`,
  );
  const url = `http://127.0.0.1:${await freePort()}`;
  const flags = [`--config.file=${config}`, `--storage.path=${dir}`, `--web.listen-address=${new URL(url).host}`];
  const server = startProcess({
    name: "alertmanager",
    command: binary.path,
    args: [...flags, "--cluster.listen-address="],
    env: environmentOf(binary),
    cwd: dir,
  });
  const stop = async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  await eventually(async () => (await fetch(`${url}/-/ready`)).ok).catch(async (thrown: unknown) => {
    await stop();
    throw thrown;
  });
  return { url, [Symbol.asyncDispose]: stop };
}
