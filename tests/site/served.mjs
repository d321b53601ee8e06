// Looks at a served catalogue in Chromium: its pages do what those of a folder do, and searching is answered.
import { chromium } from "playwright-core";
import fs from "node:fs";

const [, , origin, executablePath] = process.argv;
const axeSource = fs.readFileSync("node_modules/axe-core/axe.min.js", "utf8");
let checks = 0;
const failed = [], trouble = [];
const check = (is, what) => { checks += 1; if (!is) { failed.push(what); console.log("FAILED", what); } };

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
async function open(page, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => {});
  const tab = await context.newPage();
  tab.on("console", (message) => { if (["error", "warning"].includes(message.type())) { trouble.push(`${page}: console: ${message.text()}`); } });
  tab.on("pageerror", (error) => trouble.push(`${page}: ${error.message}`));
  tab.on("dialog", (dialog) => { trouble.push(`${page}: a dialog`); dialog.dismiss(); });
  tab.on("request", (request) => { if (!request.url().startsWith(origin)) { trouble.push(`${page}: a request leaves: ${request.url()}`); } });
  tab.on("response", (response) => { if (response.status() >= 400) { trouble.push(`${page}: ${response.url()} is ${response.status()}`); } });
  await tab.goto(origin + page);
  return { tab, context };
}
const links = (tab, of) => tab.locator(of).evaluateAll((all) => all.map((one) => one.href));

// From the first page to a server and a tool.
const { tab: home, context: first } = await open("/");
check((await home.locator("h1").innerText()).length > 0, "there is a first page");
await home.locator('nav a[href$="servers/1.html"]').click();
const servers = await links(home, 'main a[href*="/s/"]');
check(servers.length > 0, "servers are listed");
await first.close();
let tool = null;
for (const server of servers) {
  const { tab, context } = await open(new URL(server).pathname);
  const tools = await links(tab, "table.tools a");
  if (tools.length && !tool) {
    for (const one of tools) {
      const { tab: page, context: its } = await open(new URL(one).pathname);
      if (await page.locator("[data-policy]").count()) { tool = new URL(one).pathname; }
      await its.close();
      if (tool) { break; }
    }
  }
  await context.close();
  if (tool) { break; }
}
check(tool !== null, "there is a tool with a switch");

// The switch, the variants, copying.
{
  const { tab, context } = await open(tool);
  await tab.selectOption("#target", "claude-code");
  await tab.waitForFunction(() => document.querySelector(".command").textContent.endsWith("claude-code"));
  const shown = await tab.locator(".variant:visible pre").innerText();
  check(shown.includes("mcp__"), "Claude Code's document is shown");
  await tab.locator(".variant:visible .copy").click();
  await tab.waitForFunction(() => [...document.querySelectorAll(".copy")].some((one) => one.textContent === "Copied"));
  const copied = await tab.evaluate(() => navigator.clipboard.readText()).catch(() => null);
  check(copied === null || copied.trim() === shown.trim(), "what is copied is what is shown");
  await context.close();
}

// Searching: from the form of any page, with filters, page by page, by keyboard, without JavaScript.
for (const javaScriptEnabled of [true, false]) {
  const { tab, context } = await open("/", { javaScriptEnabled });
  await tab.fill("#find", "delete");
  await tab.press("#find", "Enter");
  await tab.waitForSelector("#hits li");
  check(await tab.inputValue("#words") === "delete", "what was asked stands in the form");
  await tab.check('input[name=risk][value="critical"]');
  await tab.press("#words", "Enter");
  await tab.waitForURL(/risk=critical/);
  const hits = await tab.locator("#hits li").allInnerTexts();
  check(hits.length > 0 && hits.every((hit) => hit.includes("critical")), "a filter holds");
  await tab.locator("#hits a").first().click();
  check((await tab.locator("h1.name").innerText()).length > 0, "a hit leads to a page");
  await context.close();
}
{
  const { tab, context } = await open("/search.html?q=%3Cscript%3Ewindow.HURT%3D1%3C%2Fscript%3E%22%3E%3Cimg%20src%3Dx%20onerror%3Dwindow.HURT%3D1%3E");
  check(await tab.evaluate(() => window.HURT === undefined), "a question runs nothing");
  check(await tab.locator("#hits a").count() >= 0 && (await tab.locator("main img").count()) === 0, "a question makes no element");
  await context.close();
}
{
  const { tab, context } = await open("/search.html?q=zzzzqqqq");
  check((await tab.locator("#told").innerText()).includes("Nothing found"), "what is not there is not found");
  await context.close();
}

// axe-core, light and dark, desktop and phone.
for (const page of ["/", "/search.html?q=delete", "/servers/1.html", tool]) {
  for (const [colorScheme, width] of [["light", 1280], ["dark", 390]]) {
    const { tab, context } = await open(page, { colorScheme, viewport: { width, height: 900 } });
    await tab.evaluate(axeSource + ";0");
    const result = await tab.evaluate(() => axe.run(document, { preload: false, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    const told = result.violations.map((one) => `${one.id} at ${one.nodes[0].target}`);
    check(told.length === 0, `axe finds nothing on ${page}, ${colorScheme}, ${width}: ${told.join("; ")}`);
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(wide <= 0, `${page} is not wider than ${width}: ${wide}`);
    await context.close();
  }
}

check(trouble.length === 0, `no console error, dialog, refusal or foreign request: ${[...new Set(trouble)].slice(0, 5).join("; ")}`);
await browser.close();
console.log(`${checks} checks of a served catalogue, ${failed.length} failed`);
process.exit(failed.length ? 1 : 0);
