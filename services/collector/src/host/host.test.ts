import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { quietLog } from "@sightline/testkit/quiet-log";
import { cpuUsagePercent, parseCpuTimes, parseLoadAverages } from "./cpu.ts";
import { diskPoints, parseMounts } from "./disk.ts";
import { createHostMetrics } from "./host-metrics.ts";
import { parseMemory } from "./memory.ts";
import { parseBootTime, parseInterfaces } from "./network.ts";
import { countProcesses, parseOpenFiles } from "./process.ts";

const STAT = `cpu  1000 20 300 8000 200 0 50 30 400 0
cpu0 500 10 150 4000 100 0 25 15 200 0
intr 12345 0 9
btime 1763690000
processes 4321
`;

describe("/proc/stat", () => {
  it("tells busy and total ticks, guests counted once", () => {
    assert.deepEqual(parseCpuTimes(STAT), { busy: 1400, total: 9600 });
    assert.equal(parseBootTime(STAT), 1_763_690_000_000_000_000n);
  });
  it("of old kernels has fewer columns", () => {
    assert.deepEqual(parseCpuTimes("cpu  10 0 5 85\n"), { busy: 15, total: 100 });
  });
  for (const text of ["", "cpu\n", "cpu  1 2\n", "cpu0 1 2 3 4\n", "nonsense"]) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(parseCpuTimes(text), undefined));
  }
  const usages: [before: [number, number], after: [number, number], want: number | undefined][] = [
    [[100, 1000], [150, 1100], 50],
    [[100, 1000], [200, 1100], 100],
    [[100, 1000], [100, 1100], 0],
    [[100, 1000], [100, 1000], undefined],
    [[100, 1000], [50, 900], undefined],
    // Counters of single columns may step back a little (proc_stat(5)).
    [[100, 1000], [90, 1100], 0],
  ];
  for (const [[busy, total], [busyAfter, totalAfter], want] of usages) {
    it(`from ${busy}/${total} to ${busyAfter}/${totalAfter} is ${want} percent`, () => {
      assert.equal(cpuUsagePercent({ busy, total }, { busy: busyAfter, total: totalAfter }), want);
    });
  }
});

describe("/proc/loadavg", () => {
  it("has three averages", () =>
    assert.deepEqual(parseLoadAverages("2.45 2.89 12.34 8/249 16474\n"), [2.45, 2.89, 12.34]));
  for (const text of ["", "1.0 2.0", "a b c"]) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(parseLoadAverages(text), undefined));
  }
});

describe("/proc/meminfo", () => {
  it("tells what is used, available, cached and in buffers", () => {
    const text =
      "MemTotal:  1000 kB\nMemFree: 100 kB\nMemAvailable:  600 kB\nBuffers: 50 kB\nCached: 300 kB\nSReclaimable: 20 kB\nHugePages_Total: 0\n";
    const KiB = 1024;
    assert.deepEqual(parseMemory(text), {
      total: 1000 * KiB,
      used: 400 * KiB,
      available: 600 * KiB,
      cached: 320 * KiB,
      buffers: 50 * KiB,
    });
  });
  it("of old kernels does not say what is available", () => {
    assert.equal(
      parseMemory("MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 300 kB\n")?.available,
      450 * 1024,
    );
  });
  it("is not something else", () => assert.equal(parseMemory("nonsense"), undefined));
});

describe("/proc/self/mounts", () => {
  it("names each local file system once, at its first mount", () => {
    const text = [
      "proc /proc proc rw 0 0",
      "tmpfs /dev/shm tmpfs rw 0 0",
      "/dev/vda / ext4 rw,relatime 0 0",
      "/dev/vdb /data\\040of\\040mine xfs rw 0 0",
      "/dev/vda /etc/hosts ext4 rw 0 0",
      "nas:/export /mnt/nas nfs4 rw 0 0",
      "/dev/loop0 /snap/core squashfs ro 0 0",
      "",
    ].join("\n");
    assert.deepEqual(
      parseMounts(text).map(({ path, type }) => `${path} ${type}`),
      ["/ ext4", "/data of mine xfs"],
    );
  });
  it("may be an overlay in a container", () => {
    assert.deepEqual(
      parseMounts("overlay / overlay rw,lowerdir=/a 0 0\n").map(({ path }) => path),
      ["/"],
    );
  });
});

describe("a file system's space", () => {
  it("is what df shows", () => {
    const points = diskPoints("/", { bsize: 4096, blocks: 1000, bfree: 400, bavail: 350 });
    assert.deepEqual(
      points.map(({ name, labels, value }) => [name, Object.fromEntries(labels), Math.round(value * 100) / 100]),
      [
        ["system_disk_usage_bytes", { path: "/", type: "used" }, 600 * 4096],
        ["system_disk_usage_bytes", { path: "/", type: "free" }, 350 * 4096],
        ["system_disk_usage_bytes", { path: "/", type: "total" }, 1000 * 4096],
        ["system_disk_usage_percent", { path: "/" }, 63.16],
      ],
    );
  });
  it("may be none", () => assert.deepEqual(diskPoints("/x", { bsize: 4096, blocks: 0, bfree: 0, bavail: 0 }), []));
});

describe("/proc/net/dev", () => {
  it("tells the bytes of each interface but containers'", () => {
    const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 100       1    0    0    0     0          0         0 200       1    0    0    0     0       0          0
  eth0:1253345568   51664    0    0    0     0          0         0  3672290   38689    0    0    0     0       0          0
vethab1: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0
`;
    assert.deepEqual(parseInterfaces(text), [
      { name: "lo", received: 100, sent: 200 },
      { name: "eth0", received: 1_253_345_568, sent: 3_672_290 },
    ]);
  });
});

describe("processes and files", () => {
  it("are counted", () => {
    assert.equal(countProcesses(["1", "22", "self", "net", "3x", "333"]), 3);
    assert.equal(parseOpenFiles("1664\t64\t2466177\n"), 1600);
    assert.equal(parseOpenFiles(""), undefined);
  });
});

describe("a reading of this host", { skip: process.platform === "linux" ? false : "not on linux" }, () => {
  it("has every metric with its labels, unit and kind", async () => {
    const options = { procPath: "/proc", hostName: hostname(), osType: "linux", clock: Date.now, log: quietLog };
    const read = createHostMetrics(options);
    await read();
    // The kernel's ticks are 10 ms long: there must be some between two readings.
    const until = performance.now() + 60;
    while (performance.now() < until) Math.sqrt(until);
    const batch = await read();
    assert.deepEqual(batch?.resource, {
      "service.name": "host",
      "service.instance.id": hostname(),
      "host.name": hostname(),
      "os.type": "linux",
    });
    const seen = new Map(
      batch?.points.map(({ name, kind, unit, labels }) => [
        name,
        `${kind} ${unit} ${labels.map(([key]) => key).join()}`,
      ]),
    );
    assert.deepEqual(Object.fromEntries([...seen].sort()), {
      system_cpu_load_15m: "gauge 1 ",
      system_cpu_load_1m: "gauge 1 ",
      system_cpu_load_5m: "gauge 1 ",
      system_cpu_usage_percent: "gauge % ",
      system_disk_usage_bytes: "gauge By path,type",
      system_disk_usage_percent: "gauge % path",
      system_file_descriptors_open: "gauge {file} ",
      system_memory_usage_bytes: "gauge By type",
      system_memory_usage_percent: "gauge % ",
      system_network_bytes_total: "counter By interface,direction",
      system_process_count: "gauge {process} ",
    });
    for (const { name, value } of batch?.points ?? []) {
      assert.ok(Number.isFinite(value) && value >= 0, name);
      if (name.endsWith("_percent")) assert.ok(value <= 100, name);
    }
  });

  it("leaves out what cannot be read, and says so once", async () => {
    const dir = mkdtempSync(join(tmpdir(), "sightline-proc-"));
    mkdirSync(join(dir, "7"));
    writeFileSync(join(dir, "meminfo"), "MemTotal: 1000 kB\nMemAvailable: 250 kB\n");
    const said: object[] = [];
    const log = { ...quietLog, warn: (fields: object) => void said.push(fields) };
    const read = createHostMetrics({ procPath: dir, hostName: "h", osType: "linux", clock: () => 5, log });
    await read();
    const batch = await read();
    rmSync(dir, { recursive: true });
    assert.deepEqual(
      batch?.points
        .filter(({ name }) => name.endsWith("percent"))
        .map(({ value, timeUnixNano }) => [value, timeUnixNano]),
      [[75, 5_000_000n]],
    );
    assert.equal(said.length, 4);
  });
});

describe("another system", () => {
  it("has no metrics and says so in one line", async () => {
    const said: string[] = [];
    const log = { ...quietLog, warn: (_fields: object, message: string) => void said.push(message) };
    const read = createHostMetrics({ procPath: "/proc", hostName: "h", osType: "darwin", clock: Date.now, log });
    assert.equal(await read(), undefined);
    await read();
    assert.equal(said.length, 1);
  });
});
