import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Stack, startStack } from "@sightline/local/stack/stack";
import { buildPage, isPageStale } from "@sightline/local/stack/web-page";
import { eventually } from "@sightline/testkit/eventually";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { z } from "zod";
import { createRestClient, login, type RestClient } from "../e2e/rest-client.ts";
import { CHROMIUM_FLAGS, findChromium } from "./chromium.ts";

const executablePath = findChromium();
const skip = executablePath === undefined ? "there is no chromium here, and it cannot be installed" : false;

const configuration = `
route:
  receiver: everybody
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 1s
  routes:
    - { matchers: [team="paged"], receiver: paged }
receivers:
  - { name: everybody, sightline: { console: } }
  - { name: paged, sightline: { escalation: paging } }
`;

const incidentsForm = z.object({
  incidents: z.array(
    z.looseObject({
      number: z.number(),
      title: z.string(),
      owner: z.string(),
      state: z.string(),
      alerts: z.number(),
      services: z.array(z.string()),
    }),
  ),
});
const escalationsForm = z.object({
  escalations: z.array(z.looseObject({ status: z.string(), assignee: z.string(), nextStep: z.number() })),
});
const sourcesForm = z.object({ sources: z.array(z.looseObject({ name: z.string(), lastProblem: z.string() })) });

const wide = { viewport: { width: 1280, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

describe("the pages of incidents, escalations and inbound sources", { skip, timeout: 600_000 }, () => {
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
    headers = await login(stack.doors.page, stack.adminUser, stack.secrets.adminPassword);
    rest = createRestClient(stack.doors.page, headers);
    browser = await chromium.launch({ ...(executablePath !== undefined && { executablePath }), args: CHROMIUM_FLAGS });
    closers.defer(() => browser.close());
    const steps = [
      { targets: [{ kind: "receiver", receiver: "everybody" }] },
      { delaySeconds: 3600, targets: [{ kind: "user", user: "ann" }] },
    ];
    await rest.send("PUT", "/v1/oncall/policies/paging", { steps }, z.unknown());
    await rest.send("PUT", "/v1/alert-routing", { source: configuration }, z.unknown());
  });

  /** Sends alerts as a Prometheus does, which go on for an hour. */
  async function fire(...alerts: Record<string, string>[]): Promise<void> {
    const startsAt = new Date().toISOString();
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    const body = alerts.map((labels) => ({ labels, startsAt, endsAt }));
    const answer = await fetch(`${stack.doors.page}/alertmanager/api/v2/alerts`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.text());
  }

  /** The incident of a service, once it has that many alerts. */
  function incidentOf(service: string, alerts: number) {
    return eventually(async () => {
      const { incidents } = await rest.get("/v1/incidents?state=open&state=mitigated&state=resolved", incidentsForm);
      const found = incidents.find((one) => one.services.includes(service) && one.alerts === alerts);
      assert.ok(found);
      return found;
    });
  }

  /** What a person does on the page from an address on; whatever the page complains of fails it. */
  async function onThePage(
    address: string,
    options: BrowserContextOptions,
    act: (page: Page) => Promise<void>,
  ): Promise<void> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    try {
      await page.goto(stack.doors.page + address);
      const form = page.getByTestId("login-form");
      await form.locator("input").first().fill(stack.adminUser);
      await form.locator("input[type=password]").fill(stack.secrets.adminPassword);
      await page.keyboard.press("Enter");
      await act(page);
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
    }
  }

  for (const colorScheme of ["dark", "light"] as const) {
    test(`a person finds an incident by keys, takes it, notes and closes it (${colorScheme})`, async () => {
      const service = `checkout-${colorScheme}`;
      await fire(
        { alertname: "Errors", severity: "critical", service },
        { alertname: "Slow", severity: "error", service },
      );
      const { number } = await incidentOf(service, 2);
      await onThePage("/incidents", { ...wide, colorScheme }, async (page) => {
        await page.getByTestId("incident-row").filter({ hasText: service }).getByText("2 of 2 alerts fire").waitFor();
        await page.keyboard.press("j");
        await page.keyboard.press("Enter");
        await page.waitForURL(`**/incidents/${number}`);
        await page.getByTestId("incident-bar").nth(1).waitFor();
        await page
          .getByTestId("incident-reason")
          .filter({ hasText: `same service ${service}` })
          .waitFor();
        await page.getByTestId("incident-take").click();
        await page.getByTestId("incident-owner").getByText("admin has it").waitFor();
        await page.getByLabel("Note").fill("rolled back to 41");
        await page.getByTestId("incident-note").click();
        await page.getByTestId("incident-story").getByText("admin: rolled back to 41").waitFor();
        await page.locator("[data-lane=People]").waitFor();
        await page.getByRole("button", { name: "Close", exact: true }).click();
        await page.getByRole("button", { name: "Is it over?" }).click();
        await page.getByTestId("incident-story").locator("[data-kind=resolved]").waitFor();
      });
      const { state, owner } = await incidentOf(service, 2);
      assert.deepEqual([state, owner], ["resolved", stack.adminUser]);
    });
  }

  test("some alerts become an incident of their own, and come back; an alert's story leads to its incident", async () => {
    const service = "search";
    await fire({ alertname: "Errors", severity: "error", service }, { alertname: "Slow", severity: "error", service });
    const { number } = await incidentOf(service, 2);
    await onThePage(`/incidents/${number}`, wide, async (page) => {
      await page.getByLabel("Choose Slow on search").check();
      const form = page.getByTestId("incident-split");
      await form.getByLabel("Title of the new incident").fill("only slow");
      await form.getByRole("button").click();
      await page.getByRole("heading", { name: "only slow" }).waitFor();
      await page.getByTestId("incident-reason").getByText("split from incident").waitFor();
      await page.getByTestId("incident-merge").click();
      await page.getByLabel("Whose alerts become part of this incident").first().click();
      await page.getByRole("option", { name: new RegExp(`^#${number} `) }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Merge" }).click();
      await page.getByTestId("incident-alert").nth(1).waitFor();
      await page.getByTestId("incident-alert").getByRole("link", { name: "Errors on search" }).click();
      const step = page.getByTestId("alert-story").locator("[data-step=correlated]");
      await step.getByRole("link", { name: "The incident" }).click();
      await page.waitForURL("**/incidents/*");
    });
  });

  test("a group that escalates says who is next; it is acknowledged and begins again", async () => {
    const status = async () => (await rest.get("/v1/escalations", escalationsForm)).escalations[0];
    await fire({ alertname: "Paged", severity: "critical", team: "paged" });
    await eventually(async () => assert.equal((await status())?.nextStep, 2));
    await onThePage("/alerts", wide, async (page) => {
      await page.getByRole("link", { name: "Paged", exact: true }).last().click();
      const panel = page.getByTestId("group-escalation");
      await panel.getByText("ann (step 2 of 2)").waitFor();
      await page.goto(`${stack.doors.page}/oncall/escalations`);
      const row = page.getByTestId("escalation-row").filter({ hasText: "Paged" });
      await row.getByText("told: the receiver everybody").waitFor();
      await row.getByRole("link").click();
      await page.getByLabel("Note").fill("mine");
      await page.getByTestId("escalation-acknowledge").click();
      await page.getByTestId("escalation-story").getByText("admin acknowledged: mine").waitFor();
      await eventually(async () => assert.equal((await status())?.status, "acknowledged"));
      await page.getByTestId("escalation-resume").click();
      await eventually(async () => assert.equal((await status())?.status, "running"));
      await page.getByTestId("escalation-reassign").click();
      await page.getByLabel("User, who is told at once").fill("ann");
      await page.getByRole("dialog").getByRole("button", { name: "Give", exact: true }).click();
      await eventually(async () => assert.equal((await status())?.assignee, "ann"));
    });
  });

  test("an inbound source is tried, made, sends something wrong, and is deleted", async () => {
    const sources = async () => (await rest.get("/v1/inbound-sources", sourcesForm)).sources;
    await onThePage("/settings/inbound", wide, async (page) => {
      await page.getByTestId("inbound-new").click();
      await page.getByTestId("inbound-form").getByLabel("Name").fill("other prometheus");
      await page.getByRole("button", { name: "Try", exact: true }).click();
      await page.getByTestId("inbound-told").getByText("checkout fails", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Make source" }).click();
      const address = (await page.locator("pre").textContent()) ?? "";
      assert.match(address, /^http.*\/v1\/inbound\/alertmanager\/sl_inbound_/);
      await page.getByRole("button", { name: "I have it" }).click();
      const row = page.getByTestId("inbound-row").filter({ hasText: "other prometheus" });
      await row.getByText("sent nothing yet").waitFor();
      const wrong = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
      assert.equal((await fetch(address, wrong)).status, 400);
      await eventually(async () => assert.notEqual((await sources())[0]?.lastProblem, ""));
      await page.reload();
      await page.locator("[data-testid=inbound-row][data-problem=true]").waitFor();
      await row.getByRole("button", { name: "New address" }).click();
      await row.getByRole("button", { name: /^The old one ends/ }).click();
      await page.getByRole("button", { name: "I have it" }).click();
      assert.equal((await fetch(address, wrong)).status, 404);
      await row.getByRole("button", { name: "Delete" }).click();
      await row.getByRole("button", { name: "Really delete?" }).click();
      await page.getByTestId("empty-state").waitFor();
    });
    assert.deepEqual(await sources(), []);
  });

  test("a source of what people press in Slack needs the app's signing secret, and has nothing to try", async () => {
    await onThePage("/settings/inbound?source=new", wide, async (page) => {
      const form = page.getByTestId("inbound-form");
      await form.getByLabel("Name").fill("slack");
      await form.getByRole("combobox", { name: "Kind" }).click();
      await page.getByRole("option", { name: /^Slack/ }).click();
      await form.getByLabel("Its alerts last at most").waitFor({ state: "detached" });
      assert.equal(await page.getByTestId("inbound-try").count(), 0);
      await page.getByRole("button", { name: "Make source" }).click();
      assert.equal(await page.locator("pre").count(), 0, "not without a secret");
      await form.getByLabel("Secret").fill("the app's signing secret");
      await page.getByRole("button", { name: "Make source" }).click();
      assert.match((await page.locator("pre").textContent()) ?? "", /\/v1\/inbound\/slack\/sl_inbound_/);
      await page.getByRole("button", { name: "I have it" }).click();
      const row = page.getByTestId("inbound-row");
      await row.getByRole("button", { name: "Edit", exact: true }).click();
      assert.equal(await form.getByLabel("Take its secret away").count(), 0);
      await page.keyboard.press("Escape");
      await row.getByRole("button", { name: "Delete" }).click();
      await row.getByRole("button", { name: "Really delete?" }).click();
      await page.getByTestId("empty-state").waitFor();
    });
  });

  test("what others send is on the overview, and is said aloud when it begins to fire", async () => {
    await onThePage("/", wide, async (page) => {
      await page.getByTestId("firing-row").first().waitFor();
      await fire({ alertname: "Aloud", severity: "critical", service: "aloud" });
      await page.getByTestId("alert-announcer").getByText("New critical alert: Aloud").waitFor({ state: "attached" });
    });
  });

  test("on a phone every page fits", async () => {
    const service = "a-service-with-a-name-that-is-long.example.internal";
    await fire({ alertname: "OnAPhone", severity: "error", service });
    const { number } = await incidentOf(service, 1);
    await onThePage("/incidents", phone, async (page) => {
      await page.getByTestId("incident-row").first().waitFor();
      const incidents = ["/incidents", `/incidents/${number}`, "/incidents/no-such"];
      const others = ["/oncall/escalations", "/settings/inbound", "/settings/inbound?source=new"];
      for (const address of [...incidents, ...others]) {
        await page.goto(stack.doors.page + address);
        const anything = "[data-testid=incident-row], [data-testid=incident-bar], [data-testid=escalation-row]";
        await page.locator(`${anything}, [data-testid=empty-state], form`).first().waitFor();
        const overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
        assert.equal(overflow, 0, `${address} is wider than the phone`);
      }
    });
  });
});
