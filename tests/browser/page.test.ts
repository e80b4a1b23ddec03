import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createEventBuilder } from "@sightline/events/builder";
import { type Stack, startStack } from "@sightline/local/stack/stack";
import { buildPage, isPageStale } from "@sightline/local/stack/web-page";
import { EventServiceClient } from "@sightline/proto/sightline/ingest/v1/event_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { type Browser, chromium, type Page } from "playwright-core";
import { z } from "zod";
import { createRestClient, login, type RestClient } from "../e2e/rest-client.ts";
import { createSender } from "../e2e/senders.ts";
import { CHROMIUM_FLAGS, findChromium } from "./chromium.ts";

const executablePath = findChromium();
const skip = executablePath === undefined ? "there is no chromium here, and it cannot be installed" : false;

describe("the web page", { skip, timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());

  let stack: Stack;
  let rest: RestClient;
  let browser: Browser;
  let ingestKey: string;

  before(async () => {
    if (isPageStale()) await buildPage();
    const dir = mkdtempSync(join(tmpdir(), "sightline-browser-"));
    closers.defer(() => rmSync(dir, { recursive: true, force: true }));
    stack = closers.use(await startStack({ dir, ports: "free" }));
    const { page } = stack.doors;
    rest = createRestClient(page, await login(page, stack.adminUser, stack.secrets.adminPassword));
    const made = await rest.send(
      "POST",
      "/v1/keys",
      { name: "browser", scopes: ["ingest"] },
      z.object({ key: z.string() }),
    );
    ingestKey = made.key;
    browser = await chromium.launch({ ...(executablePath !== undefined && { executablePath }), args: CHROMIUM_FLAGS });
    closers.defer(() => browser.close());
  });

  async function tell(eventType: string, title: string, severity: "info" | "critical" = "info"): Promise<void> {
    const ingest = createClient(EventServiceClient, stack.doors.otlpGrpc, { apiKey: ingestKey });
    const event = createEventBuilder({ clock: Date.now }).build({
      eventType,
      title,
      severity,
      source: "browser",
      target: "shop",
    });
    await ingest.call("storeEvents", { events: [event] });
    ingest.close();
  }

  for (const colorScheme of ["dark", "light"] as const) {
    test(`a person logs in, watches an event arrive, opens a trace, acknowledges an alert (${colorScheme})`, async () => {
      const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        // The first look at /v1/session finds nobody logged in: the browser itself reports that 401.
        const expected = message.text().includes("401") && message.location().url.endsWith("/v1/session");
        if (["error", "warning"].includes(message.type()) && !expected) complaints.push(message.text());
      });
      try {
        await logIn(page);
        await watchAnEventArrive(page, colorScheme);
        await openATrace(page);
        await acknowledgeAnAlert(page, colorScheme);
        await makeASecurityReport(page);
        assert.deepEqual(complaints, []);
      } finally {
        await context.close();
      }
    });
  }

  async function logIn(page: Page): Promise<void> {
    await page.goto(stack.doors.page);
    const form = page.getByTestId("login-form");
    await form.locator("input").first().fill(stack.adminUser);
    await form.locator("input[type=password]").fill(stack.secrets.adminPassword);
    await page.keyboard.press("Enter");
    await page.getByTestId("nav-overview").waitFor();
  }

  async function watchAnEventArrive(page: Page, scheme: string): Promise<void> {
    await page.getByTestId("nav-events").click();
    await page.getByTestId("live-indicator").first().waitFor();
    const title = `seen live in ${scheme}`;
    const row = page.getByTestId("event-row").filter({ hasText: title });
    // The stream opens a moment after the page: until then what is sent is found by the search, not live.
    await eventually(
      async () => {
        await tell("browser_event", title);
        await row.first().waitFor({ timeout: 2000 });
      },
      { timeoutMs: 30_000 },
    );
    await row.first().click();
    await page.getByTestId("event-drawer").getByText("browser_event").first().waitFor();
    await page.keyboard.press("Escape");
  }

  async function openATrace(page: Page): Promise<void> {
    const sender = createSender({ address: stack.doors.otlpGrpc, apiKey: ingestKey, service: "browser-shop" });
    const traceId = await sender.sendTrace("GET /basket");
    await sender.close();
    await eventually(() => rest.get(`/v1/traces/${traceId}`, z.unknown()));
    await page.getByTestId("nav-traces").click();
    // The platform's own traces are many: the list is of one service, as a person who looks for something has it.
    await page.goto(`${stack.doors.page}/traces?service=browser-shop`);
    await page.getByTestId("trace-row").filter({ hasText: "GET /basket" }).first().click();
    await page.getByTestId("span-row").filter({ hasText: "SELECT" }).click();
    await page.getByTestId("span-detail").getByText("no rows").first().waitFor();
  }

  async function makeASecurityReport(page: Page): Promise<void> {
    await page.getByTestId("nav-reports").click();
    await page.getByTestId("report-kind").click();
    await page.getByRole("option", { name: "Security" }).click();
    await page.getByTestId("report-make").click();
    const made = page.locator('[data-testid="report-row"][aria-current="true"]');
    await made.filter({ hasText: /\d+ security events/ }).waitFor();
    await page.frameLocator('iframe[title="Security"]').getByText("Authentication failures by user").waitFor();
  }

  async function acknowledgeAnAlert(page: Page, scheme: string): Promise<void> {
    const name = `browser trouble ${scheme}`;
    const event = { expression: `event_type == 'trouble_${scheme}'`, thresholdWindowSeconds: 3600 };
    await rest.send("POST", "/v1/rules", { name, severity: "critical", event }, z.unknown());
    await tell(`trouble_${scheme}`, "trouble", "critical");
    const active = z.object({ alerts: z.array(z.looseObject({ ruleName: z.string(), state: z.string() })) });
    const state = async () =>
      (await rest.get("/v1/alerts", active)).alerts.find(({ ruleName }) => ruleName === name)?.state;
    await eventually(async () => (await state()) === "firing");
    await page.getByTestId("nav-alerts").click();
    const row = page.getByTestId("alert-row").filter({ hasText: name });
    await row.getByTestId("alert-acknowledge").click();
    await confirmIfAsked(page);
    await eventually(async () => (await state()) === "acknowledged");
  }

  /** Acknowledging may ask for a note first. */
  async function confirmIfAsked(page: Page): Promise<void> {
    const dialog = page.getByRole("dialog");
    if (await dialog.isVisible()) await dialog.getByRole("button", { name: /acknowledge/i }).click();
  }

  test("on a phone the page fits and its navigation opens", async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    const page = await context.newPage();
    try {
      await page.goto(stack.doors.page);
      const form = page.getByTestId("login-form");
      await form.locator("input").first().fill(stack.adminUser);
      await form.locator("input[type=password]").fill(stack.secrets.adminPassword);
      await page.keyboard.press("Enter");
      await page.getByTestId("nav-burger").click();
      for (const id of ["events", "logs", "traces", "metrics", "alerts"]) {
        await page.getByTestId(`nav-${id}`).click();
        const overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
        assert.equal(overflow, 0, `${id} is wider than the phone`);
        await page.getByTestId("nav-burger").click();
      }
    } finally {
      await context.close();
    }
  });
});
