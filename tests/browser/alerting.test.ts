import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Stack, startStack } from "@sightline/local/stack/stack";
import { buildPage, isPageStale } from "@sightline/local/stack/web-page";
import { eventually } from "@sightline/testkit/eventually";
import { type Browser, chromium, type Page } from "playwright-core";
import { z } from "zod";
import { createRestClient, login, type RestClient } from "../e2e/rest-client.ts";
import { startWebhookReceiver } from "../e2e/webhook-receiver.ts";
import { CHROMIUM_FLAGS, findChromium } from "./chromium.ts";

const executablePath = findChromium();
const skip = executablePath === undefined ? "there is no chromium here, and it cannot be installed" : false;

const configuration = (url: string) => `
route:
  receiver: everybody
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 1s
  routes:
    - matchers: [team="payments"]
      receiver: payments
receivers:
  - name: everybody
  - name: payments
    webhook_configs: [{ url: "${url}" }]
`;

const groupsForm = z.object({
  groups: z.array(
    z.looseObject({
      groupId: z.string(),
      labels: z.record(z.string(), z.string()),
      acknowledged: z.number(),
      alerts: z.array(z.looseObject({ fingerprint: z.string(), labels: z.record(z.string(), z.string()) })),
    }),
  ),
  firing: z.number(),
  acknowledged: z.number(),
  suppressed: z.number(),
});
const silencesForm = z.object({
  silences: z.array(z.looseObject({ state: z.string(), reason: z.string(), author: z.string() })),
});
const windowsForm = z.object({ windows: z.array(z.looseObject({ name: z.string(), open: z.boolean() })) });
const filesForm = z.object({ files: z.array(z.looseObject({ name: z.string(), rules: z.number() })) });

describe("the pages of alerting", { skip, timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());

  let stack: Stack;
  let rest: RestClient;
  let headers: Record<string, string>;
  let browser: Browser;

  before(async () => {
    if (isPageStale()) await buildPage();
    const dir = mkdtempSync(join(tmpdir(), "sightline-browser-"));
    closers.defer(() => rmSync(dir, { recursive: true, force: true }));
    stack = closers.use(await startStack({ dir, ports: "free" }));
    const receiver = closers.use(await startWebhookReceiver());
    headers = await login(stack.doors.page, stack.adminUser, stack.secrets.adminPassword);
    rest = createRestClient(stack.doors.page, headers);
    browser = await chromium.launch({ ...(executablePath !== undefined && { executablePath }), args: CHROMIUM_FLAGS });
    closers.defer(() => browser.close());
    await rest.send("PUT", "/v1/alert-routing", { source: configuration(receiver.url) }, z.unknown());
  });

  /** Sends alerts as a Prometheus does, which go on for an hour. */
  async function fire(...alerts: Record<string, string>[]): Promise<void> {
    const startsAt = new Date().toISOString();
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    const body = alerts.map((labels) => ({
      labels,
      startsAt,
      endsAt,
      annotations: { summary: `${labels["alertname"]} of ${labels["host"]}` },
    }));
    const answer = await fetch(`${stack.doors.page}/alertmanager/api/v2/alerts`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.text());
  }

  /** The group of an alert name, once it is routed. */
  function groupOf(alertname: string) {
    return eventually(async () => {
      const path = `/v1/alert-groups?alerts=5&filter=${encodeURIComponent(`alertname="${alertname}"`)}`;
      const answer = await rest.get(path, groupsForm);
      const [group] = answer.groups;
      assert.ok(group);
      return { group, counts: answer };
    });
  }

  async function open(page: Page, address = "/alerts"): Promise<void> {
    await page.goto(stack.doors.page + address);
    const form = page.getByTestId("login-form");
    await form.locator("input").first().fill(stack.adminUser);
    await form.locator("input[type=password]").fill(stack.secrets.adminPassword);
    await page.keyboard.press("Enter");
  }

  for (const colorScheme of ["dark", "light"] as const) {
    test(`a person takes a group, looks why it was told, and silences an alert by keys (${colorScheme})`, async () => {
      const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      const [taken, silenced] = [`Taken_${colorScheme}`, `Silenced_${colorScheme}`];
      try {
        await fire(
          { alertname: taken, team: "payments", severity: "critical", host: "a" },
          { alertname: taken, team: "payments", severity: "critical", host: "b" },
          { alertname: silenced, severity: "warning", host: "c" },
        );
        await Promise.all([groupOf(taken), groupOf(silenced)]);
        await open(page);
        await takeTheGroup(page, taken);
        await lookWhy(page, taken);
        await silenceByKeys(page, silenced);
        assert.deepEqual(complaints, []);
      } finally {
        await context.close();
      }
    });
  }

  async function takeTheGroup(page: Page, alertname: string): Promise<void> {
    const head = page.getByTestId("alert-group").filter({ hasText: alertname });
    await head.getByText("2 firing").waitFor();
    await head.getByTestId("group-acknowledge").click();
    await head.getByText("admin has it").waitFor();
    const { group } = await groupOf(alertname);
    assert.equal(group.acknowledged, 2);
  }

  async function lookWhy(page: Page, alertname: string): Promise<void> {
    await page.getByRole("link", { name: `${alertname} of a` }).click();
    await page.getByTestId("alert-life").getByText("firing", { exact: true }).waitFor();
    await page.getByTestId("alert-verdicts").getByText("The notification to payments").waitFor();
    await page.getByTestId("alert-story").locator("[data-step=delivered]").first().waitFor();
  }

  async function silenceByKeys(page: Page, alertname: string): Promise<void> {
    await page.goto(`${stack.doors.page}/alerts?filter=${encodeURIComponent(`alertname="${alertname}"`)}`);
    await page.getByTestId("alert-group").filter({ hasText: alertname }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("s");
    const form = page.getByTestId("silence-form");
    await form.getByTestId("matcher-row").nth(2).waitFor();
    await page
      .getByTestId("silence-preview")
      .getByText(/^1 ?alert$/)
      .waitFor();
    await form.getByLabel(/^Reason/).fill(`known, ${alertname}`);
    await form.getByRole("button", { name: "Silence", exact: true }).click();
    await page
      .getByTestId("silence-row")
      .filter({ hasText: `known, ${alertname}` })
      .waitFor();
    const { silences } = await rest.get("/v1/silences", silencesForm);
    assert.equal(silences.find(({ reason }) => reason === `known, ${alertname}`)?.author, stack.adminUser);
    await eventually(async () => assert.equal((await groupOf(alertname)).counts.suppressed, 1));
  }

  test("the links of notices lead to the group, to its acknowledgement and to a silence", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    try {
      await fire({ alertname: "Linked", team: "payments", host: "a" });
      const { group } = await groupOf("Linked");
      await open(page, `/alerts?group=${group.groupId}&acknowledge=1`);
      const button = page.getByTestId("acknowledge");
      await button.waitFor();
      await eventually(async () =>
        assert.ok(await button.evaluate((element) => element === element.ownerDocument.activeElement)),
      );
      assert.equal((await groupOf("Linked")).group.acknowledged, 0, "opening a link acknowledges nothing");
      await page.keyboard.press("Enter");
      await eventually(async () => assert.equal((await groupOf("Linked")).group.acknowledged, 1));
      const filter = encodeURIComponent('{alertname="Linked",team="payments"}');
      await page.goto(`${stack.doors.page}/silences/new?filter=${filter}`);
      const rows = page.getByTestId("matcher-row");
      await rows.nth(1).waitFor();
      assert.equal(await rows.nth(1).getByLabel("Value").first().inputValue(), "payments");
    } finally {
      await context.close();
    }
  });

  test("a maintenance window is written, opened, closed and changed", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const isOpen = async () => (await rest.get("/v1/maintenance-windows", windowsForm)).windows[0]?.open;
    try {
      await open(page, "/silences/maintenance/new");
      const form = page.getByTestId("window-form");
      await form.getByLabel(/^Name/).fill("deployments");
      await form.getByLabel(/^Reason/).fill("new versions");
      await form.getByLabel("Label", { exact: true }).fill("team");
      await form.getByLabel("Value", { exact: true }).fill("web");
      await form.getByRole("button", { name: "Save window" }).click();
      const row = page.getByTestId("window-row").filter({ hasText: "deployments" });
      await row.getByTestId("window-open").click();
      await page.getByRole("menuitem", { name: "for 1 hour" }).click();
      await row.getByRole("button", { name: "Close now" }).waitFor();
      assert.equal(await isOpen(), true);
      await row.getByRole("button", { name: "Close now" }).click();
      await row.getByTestId("window-open").waitFor();
      assert.equal(await isOpen(), false);
      await row.getByRole("link", { name: "Edit" }).click();
      assert.equal(await form.getByLabel("Value", { exact: true }).inputValue(), "web");
      await form.getByLabel(/^Reason/).fill("newer versions");
      await form.getByRole("button", { name: "Save window" }).click();
      await row.getByText("newer versions").waitFor();
    } finally {
      await context.close();
    }
  });

  test("labels light up their way through the routes, a receiver is tried, and a wrong configuration names its line", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    try {
      await open(page, "/alerts/routes");
      await page.getByLabel("Labels of an alert").fill('{alertname="Any", team="payments"}');
      const taking = page.locator("[data-testid=route-node][data-verdict=takes]");
      await taking.getByText("payments").first().waitFor();
      await page.getByTestId("routing-answer").getByText("payments").first().waitFor();
      const row = page.getByTestId("receiver-row").filter({ hasText: "payments" });
      await row.getByTestId("receiver-test").click();
      await row.getByText("✓").waitFor();

      await page.getByRole("link", { name: "Edit alertmanager.yml" }).click();
      const field = page.getByLabel("alertmanager.yml");
      await field.fill("route:\n  receiver: nobody\nreceivers:\n  - name: somebody\n");
      await page.getByTestId("source-problems").getByText("line 2").waitFor();
      assert.ok(await page.getByRole("button", { name: "Put in force" }).isDisabled());
    } finally {
      await context.close();
    }
  });

  test("a rule file is checked as it is written, and put in force; its alert leads back to it", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const file = (expr: string) =>
      `groups:\n  - name: g\n    interval: 1s\n    rules:\n      - alert: Always\n        expr: ${expr}\n`;
    try {
      await open(page, "/alerts/rules/files/new");
      await page.getByLabel("Name of the file").fill("checkout.yml");
      const field = page.getByRole("textbox", { name: /^Rule file/ });
      await field.fill(file("rate(up[5m]"));
      await page.getByTestId("source-problems").getByText("line 6").waitFor();
      await field.fill(file("vector(1) > 0"));
      await page.getByTestId("source-problems").getByText("1 rules in 1 groups").waitFor();
      await page.getByRole("button", { name: "Put in force" }).click();
      await page.getByTestId("rule-file-row").filter({ hasText: "checkout.yml" }).waitFor();
      await page.getByRole("button", { name: "Enable workflows" }).click();
      await page.getByTestId("rule-file-row").filter({ hasText: "pack:workflows" }).waitFor();
      const { files } = await rest.get("/v1/rule-files", filesForm);
      assert.deepEqual(files.map(({ name }) => name).sort(), ["checkout.yml", "pack:workflows"]);
      const { group } = await groupOf("Always");
      await page.goto(`${stack.doors.page}/alerts/${group.alerts[0]?.fingerprint}`);
      await page.getByText("in checkout.yml, group g").waitFor();
      await page.getByRole("link", { name: "Always", exact: true }).click();
      await page.getByRole("textbox", { name: /^Rule file/ }).waitFor();
    } finally {
      await context.close();
    }
  });

  test("who was not paged is told why", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    try {
      await open(page, "/alerts/why");
      const form = page.getByTestId("why-form");
      await form.getByLabel(/^Who/).fill("zoe");
      await form.getByRole("button", { name: "Ask" }).click();
      const answer = page.getByTestId("why-answer");
      await answer.getByText("You were not paged").waitFor();
      assert.equal(await answer.getAttribute("data-paged"), "false");
    } finally {
      await context.close();
    }
  });

  test("on a phone every page fits", async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    const page = await context.newPage();
    try {
      await fire({ alertname: "OnAPhone", team: "payments", host: "a-host-with-a-name-that-is-long.example.internal" });
      const { group } = await groupOf("OnAPhone");
      const alert = group.alerts[0]?.fingerprint ?? "";
      await open(page);
      await page.getByTestId("alert-group").first().waitFor();
      const addresses = ["/alerts", `/alerts?group=${group.groupId}`, `/alerts/${alert}`, "/alerts/routes"];
      const others = ["/alerts/routes/edit", "/alerts/rules", "/alerts/rules/files/new", "/alerts/why"];
      const silences = ["/silences", "/silences/new", "/silences/maintenance", "/silences/maintenance/new"];
      for (const address of [...addresses, ...others, ...silences]) {
        await page.goto(stack.doors.page + address);
        await page.getByRole("heading", { name: "Alerts", exact: true }).waitFor();
        await page.locator("form, li, textarea, [data-testid=alert-row], [data-testid=empty-state]").first().waitFor();
        const overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
        assert.equal(overflow, 0, `${address} is wider than the phone`);
      }
    } finally {
      await context.close();
    }
  });
});
