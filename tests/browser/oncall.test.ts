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
import { CHROMIUM_FLAGS, findChromium } from "./chromium.ts";

const executablePath = findChromium();
const skip = executablePath === undefined ? "there is no chromium here, and it cannot be installed" : false;

const schedulesForm = z.object({
  schedules: z.array(
    z.looseObject({
      name: z.string(),
      layers: z.array(z.looseObject({ participants: z.array(z.string()) })),
      overrides: z.array(z.looseObject({ user: z.string(), start: z.string(), end: z.string() })),
    }),
  ),
});
const policiesForm = z.object({
  policies: z.array(z.looseObject({ name: z.string(), steps: z.array(z.looseObject({ delaySeconds: z.number() })) })),
});

describe("the pages of who is on call", { skip, timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());

  let stack: Stack;
  let rest: RestClient;
  let browser: Browser;

  before(async () => {
    if (isPageStale()) await buildPage();
    const dir = mkdtempSync(join(tmpdir(), "sightline-browser-"));
    closers.defer(() => rmSync(dir, { recursive: true, force: true }));
    stack = closers.use(await startStack({ dir, ports: "free" }));
    rest = createRestClient(
      stack.doors.page,
      await login(stack.doors.page, stack.adminUser, stack.secrets.adminPassword),
    );
    browser = await chromium.launch({ ...(executablePath !== undefined && { executablePath }), args: CHROMIUM_FLAGS });
    closers.defer(() => browser.close());
    await rest.send("PUT", "/v1/oncall/schedules/payments", payments(), z.unknown());
  });

  /** Everybody by weeks, and at night somebody else; on Sunday nobody. */
  function payments() {
    const start = "2026-01-05T08:00:00Z";
    const rotation = { every: 1, unit: "day", handoverTime: "09:00" };
    const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
    const days = [{ kind: "day", weekdays, from: "00:00", to: "24:00" }];
    const nights = [{ kind: "day", weekdays, from: "20:00", to: "08:00" }];
    const layers = [
      { name: "Everybody", participants: ["ann", "bob", "eve"], rotation, restrictions: days, start },
      { name: "Nights", participants: ["zoe", "max"], rotation, restrictions: nights, start },
    ];
    return { timeZone: "UTC", layers };
  }

  async function overrides() {
    const { schedules } = await rest.get("/v1/oncall/schedules", schedulesForm);
    return schedules.find(({ name }) => name === "payments")?.overrides ?? [];
  }

  async function open(page: Page): Promise<void> {
    await page.goto(stack.doors.page);
    const form = page.getByTestId("login-form");
    await form.locator("input").first().fill(stack.adminUser);
    await form.locator("input[type=password]").fill(stack.secrets.adminPassword);
    await page.keyboard.press("Enter");
  }

  for (const colorScheme of ["dark", "light"] as const) {
    test(`a person sees whose turn it is, and puts somebody else there (${colorScheme})`, async () => {
      const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      try {
        await open(page);
        await page.getByTestId("nav-oncall").click();
        await page.getByTestId("oncall-row").filter({ hasText: "payments" }).waitFor();
        await page.getByTestId("oncall-gap").first().waitFor();
        await dragAnOverride(page);
        await moveItWithTheForm(page);
        assert.deepEqual(complaints, []);
      } finally {
        await context.close();
      }
    });
  }

  async function dragAnOverride(page: Page): Promise<void> {
    const before = (await overrides()).length;
    const box = await page.getByTestId("oncall-drag").boundingBox();
    assert.ok(box);
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.8, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, y, { steps: 4 });
    await page.mouse.up();
    const form = page.getByTestId("override-form");
    await form.getByLabel("On call instead").fill("kim");
    await form.getByRole("button", { name: "Save override" }).click();
    await eventually(async () => (await overrides()).length === before + 1);
    await form.waitFor({ state: "detached" });
  }

  async function moveItWithTheForm(page: Page): Promise<void> {
    const block = page.getByRole("button", { name: /^Override: kim/ }).first();
    await block.focus();
    await page.keyboard.press("Enter");
    const form = page.getByTestId("override-form");
    await form.getByLabel("Note").fill("swapped");
    await page.keyboard.press("Enter");
    await eventually(async () => (await overrides()).some((override) => override["note"] === "swapped"));
    await form.waitFor({ state: "detached" });
    await block.click();
    await form.getByRole("button", { name: "Remove override" }).click();
    await form.getByRole("button", { name: "Really remove?" }).click();
    await eventually(async () => (await overrides()).length === 0);
    await form.waitFor({ state: "detached" });
  }

  test("a schedule and an escalation are written on the page", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    try {
      await open(page);
      await page.getByTestId("nav-oncall").click();
      await page.getByRole("link", { name: "New schedule" }).click();
      const schedule = page.getByTestId("schedule-form");
      await schedule.getByLabel(/^Name/).fill("database");
      const people = schedule.getByLabel("Who takes turns, in order");
      for (const name of ["ann", "bob"]) {
        await people.fill(name);
        await page.keyboard.press("Enter");
      }
      await page.getByTestId("oncall-timeline").waitFor();
      await schedule.getByRole("button", { name: "Save schedule" }).click();
      await page.getByTestId("oncall-row").filter({ hasText: "database" }).waitFor();
      const { schedules } = await rest.get("/v1/oncall/schedules", schedulesForm);
      const kept = schedules.find(({ name }) => name === "database");
      assert.deepEqual(kept?.layers[0]?.participants, ["ann", "bob"]);

      await page.getByRole("link", { name: "Escalation", exact: true }).click();
      await page.getByRole("link", { name: "New escalation" }).click();
      const policy = page.getByTestId("policy-form");
      await policy.getByLabel(/^Name/).fill("default");
      await policy.getByLabel("Users").fill("ann");
      await page.keyboard.press("Enter");
      await policy.getByRole("button", { name: "Add step" }).click();
      await policy.getByTestId("policy-step").nth(1).getByLabel("Receivers").fill("ops");
      await page.keyboard.press("Enter");
      await policy.getByRole("button", { name: "Save escalation" }).click();
      await page.getByTestId("policy-row").filter({ hasText: "ann; after 10 min receiver ops" }).waitFor();
      const { policies } = await rest.get("/v1/oncall/policies", policiesForm);
      assert.deepEqual(
        policies.map(({ steps }) => steps.map(({ delaySeconds }) => delaySeconds)),
        [[0, 600]],
      );
    } finally {
      await context.close();
    }
  });

  test("on a phone the calendar scrolls within itself", async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    const page = await context.newPage();
    try {
      await open(page);
      await page.getByTestId("nav-burger").click();
      await page.getByTestId("nav-oncall").click();
      await page.getByTestId("oncall-timeline").waitFor();
      for (const address of ["/oncall", "/oncall/new", "/oncall/escalation", "/oncall/escalation/new"]) {
        await page.goto(stack.doors.page + address);
        await page.getByRole("heading", { name: "On call", exact: true }).waitFor();
        await page.locator("form, li, [data-testid=empty-state]").first().waitFor();
        const overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
        assert.equal(overflow, 0, `${address} is wider than the phone`);
      }
    } finally {
      await context.close();
    }
  });
});
