import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startPostgres } from "./postgres.ts";

let base: string;
before(async () => {
  base = await mkdtemp(join(tmpdir(), "sightline-postgres-"));
});
after(() => rm(base, { recursive: true }));

test("a second start finds the cluster, also after a kill and with a stranger's pid in its pid file", async () => {
  await chmod(base, 0o755);
  const options = { dir: join(base, "open"), password: "secret", throwAway: true };
  const first = await startPostgres(options);
  const made = await stat(join(options.dir, "PG_VERSION"));
  await first.kill();
  // This very process lives and is no Postgres.
  await writeFile(join(options.dir, "postmaster.pid"), `${process.pid}\n${options.dir}\n0\n${first.port}\n`);
  const second = await startPostgres({ ...options, port: first.port });
  assert.equal(second.url, first.url);
  await second.kill();
  // At once, while its children may still be noticing.
  const third = await startPostgres(options);
  await third.stop();
  assert.equal((await stat(join(options.dir, "PG_VERSION"))).ino, made.ino);
});

test("its directory may be below one that only its owner may enter", async () => {
  await chmod(base, 0o700);
  const server = await startPostgres({ dir: join(base, "closed", "postgres"), throwAway: true });
  await server.stop();
});

test("a first start that was cut short is begun anew", async () => {
  const dir = join(base, "half");
  const whole = await startPostgres({ dir, throwAway: true });
  await whole.stop();
  await rm(join(dir, "PG_VERSION"));
  const again = await startPostgres({ dir, throwAway: true });
  await again.stop();
});

test("a cluster that is open in another server is refused in one line", async () => {
  const options = { dir: join(base, "twice"), password: "secret", throwAway: true };
  const first = await startPostgres(options);
  await assert.rejects(startPostgres({ ...options, readyTimeoutMs: 300 }), (error) => {
    assert.ok(error instanceof Error);
    assert.match(error.message, /^cannot start postgres: .*lock file "postmaster.pid" already exists/);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
  await first.stop();
});
