// Looks at a folder of pages in Chromium. Every check counts; the first line that says FAILED ends with code 1.
import { chromium } from "playwright-core";
import { HtmlValidate } from "html-validate";
import fs from "node:fs";
import path from "node:path";

const [, , root, executablePath] = process.argv;
const axeSource = fs.readFileSync("node_modules/axe-core/axe.min.js", "utf8");
const address = (page) => "file://" + path.join(root, page);
let checks = 0;
const failed = [];
const check = (is, what) => { checks += 1; if (!is) { failed.push(what); console.log("FAILED", what); } };

const walk = (folder) => fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? walk(path.join(folder, entry.name)) : [path.join(folder, entry.name)]);
const html = walk(root).filter((file) => file.endsWith(".html")).map((file) => path.relative(root, file)).sort();
const texts = new Map(html.map((file) => [file, fs.readFileSync(path.join(root, file), "utf8")]));
const find = (what, test) => { const found = html.find((file) => test(texts.get(file), file)); check(found, "there is a page: " + what); return found; };
const tool = find("a tool", (text) => text.includes('<h1 class="name">settle_tab</h1>') || text.includes("data-policy="));
const kinds = {
  home: "index.html", search: "search.html", servers: "servers/1.html", rules: "rules/index.html", unread: "unread/1.html",
  rule: html.find((file) => file.startsWith("rules/") && file !== "rules/index.html"),
  trait: "traits/destructive.html", list: "risk/critical-1.html",
  source: html.find((file) => file.startsWith("source/")), language: html.find((file) => file.startsWith("language/")),
  server: find("a server", (text, file) => file.endsWith("/index.html") && file.startsWith("s/") && text.includes('id="leak"')),
  tool,
  hostileServer: find("the hostile server", (text, file) => file.endsWith("/index.html") && text.includes("hostile &lt;script&gt;") && text.includes('class="tools"') && file.startsWith("s/")),
  hostileTool: find("a hostile tool", (text) => text.includes('<h1 class="name">&lt;script&gt;')),
  longTool: find("a tool of a megabyte", (text) => text.includes('<h1 class="name">long_text</h1>')),
};

// HTML as the standard has it.
const validator = new HtmlValidate({ extends: ["html-validate:standard"], rules: { "long-title": "off", "no-raw-characters": "off", "no-trailing-whitespace": "off", "no-implicit-button-type": "error", "wcag/h30": "error", "unique-landmark": "off", "prefer-native-element": "off" } });
const sampled = html.filter((file, at) => Object.values(kinds).includes(file) || at % Math.ceil(html.length / 60) === 0);
for (const file of sampled) {
  const report = await validator.validateString(texts.get(file), file);
  const wrong = report.results.flatMap((result) => result.messages).filter((message) => message.severity > 1);
  check(wrong.length === 0, `${file} is HTML: ${wrong.slice(0, 3).map((m) => `${m.ruleId} ${m.message} at ${m.line}`).join("; ")}`);
}

// Every link leads to a file.
for (const file of html) {
  for (const [, link] of texts.get(file).matchAll(/ (?:href|src|action|data-policy)="([^"#?]*)/g)) {
    if (link === "" || link.startsWith("https://")) { continue; }
    checks += 1;
    if (!fs.existsSync(path.join(root, path.dirname(file), link))) { check(false, `${file}: ${link} leads nowhere`); }
  }
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const trouble = [];
async function open(page, options = {}, init = null) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  if (options.clipboard !== false) { await context.grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => {}); }
  const tab = await context.newPage();
  const seen = { bytes: 0, files: 0 };
  tab.on("console", (message) => { if (["error", "warning"].includes(message.type())) { trouble.push(`${page}: console: ${message.text()}`); } });
  tab.on("pageerror", (error) => trouble.push(`${page}: ${error.message}`));
  tab.on("dialog", (dialog) => { trouble.push(`${page}: a dialog`); dialog.dismiss(); });
  tab.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("file://") && !url.startsWith("data:")) { trouble.push(`${page}: a request leaves: ${url}`); return; }
    if (url.startsWith("file://")) { seen.files += 1; const file = decodeURI(new URL(url).pathname); if (fs.existsSync(file)) { seen.bytes += fs.statSync(file).size; } }
  });
  if (init) { await tab.addInitScript(init); }
  await tab.goto(address(page));
  return { tab, context, seen };
}

// axe-core, light and dark, desktop and phone; nothing wider than the screen.
for (const [kind, page] of Object.entries(kinds)) {
  for (const [scheme, width] of [["light", 1280], ["dark", 390]]) {
    const { tab, context } = await open(page, { colorScheme: scheme, viewport: { width, height: 900 } });
    await tab.evaluate(axeSource + ";0");
    const result = await tab.evaluate(() => axe.run(document, { preload: false, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    const told = result.violations.map((one) => `${one.id} at ${one.nodes[0].target} (${one.nodes[0].failureSummary.split("\n")[1]})`);
    check(told.length === 0, `axe finds nothing on ${kind}, ${scheme}, ${width}: ${told.join("; ")}`);
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(wide <= 0, `${kind} is not wider than ${width}: ${wide}`);
    check(await tab.evaluate(() => window.HURT === undefined), `${kind} is not hurt`);
    await context.close();
  }
}

// A tool page: below 60 kB in all, without a layout shift.
{
  const shifts = () => { window.SHIFT = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries()) { window.SHIFT += entry.value; } }).observe({ type: "layout-shift", buffered: true }); };
  for (const page of [kinds.tool, kinds.hostileTool, kinds.longTool]) {
    const { tab, context, seen } = await open(page, {}, shifts);
    await tab.waitForTimeout(200);
    check(seen.bytes < 60_000, `${page} takes ${seen.bytes} bytes in all`);
    check(await tab.evaluate(() => window.SHIFT) === 0, `${page} does not shift`);
    if (page === kinds.tool) { console.log(`a tool page: ${seen.bytes} bytes in ${seen.files} files`); }
    await context.close();
  }
}

// The target switch, the variants, copying.
{
  const { tab, context } = await open(kinds.tool);
  const shown = () => tab.locator(".variant:visible pre").innerText();
  const first = await shown();
  check(first.includes('"version": "1"'), "the first target is there without a choice");
  const words = await tab.locator("#target option").evaluateAll((all) => all.map((one) => one.value));
  check(words.length > 20, "there are targets to choose from: " + words.length);
  await tab.selectOption("#target", "claude-code");
  await tab.waitForFunction(() => document.querySelector(".variant pre")?.textContent.includes("mcp__"));
  check((await shown()).includes("mcp__"), "Claude Code's document is shown");
  check((await tab.locator(".command").innerText()).endsWith("claude-code"), "the command names it");
  await tab.locator('label[for="v-block"]').click();
  check((await shown()).includes("deny"), "blocked, it denies");
  await tab.locator(".variant:visible .copy").click();
  await tab.waitForFunction(() => document.querySelector('[data-variant="block"] .copy').textContent === "Copied");
  const copied = await tab.evaluate(() => navigator.clipboard.readText()).catch(() => null);
  if (copied !== null) { check(copied.trim() === (await shown()).trim(), "what is copied is what is shown"); }
  for (const word of words) {
    await tab.selectOption("#target", word);
    await tab.waitForFunction((word) => document.querySelector(".command").textContent.endsWith(" " + word), word);
    check(await tab.locator(".variant pre, .variant .unread").count() === 3, `${word} has three variants`);
    check(!/[\ue000-\ue007]/.test(await tab.locator(".policy").innerText()), `${word} has no gap left`);
  }
  await context.close();
}
{
  const { tab, context } = await open(kinds.tool, { javaScriptEnabled: false });
  check(await tab.locator(".variant:visible pre").count() === 1, "without JavaScript one document is shown");
  await tab.locator('label[for="v-limit"]').click();
  check((await tab.locator(".variant:visible .effect").innerText()).includes("10 times"), "without JavaScript a variant can be chosen");
  check(!(await tab.locator(".choose").isVisible()), "without JavaScript nothing is offered that does not work");
  await context.close();
}

// Keyboard alone: the first stop skips to the page, every stop is seen.
{
  const { tab, context } = await open(kinds.tool);
  await tab.keyboard.press("Tab");
  check(await tab.evaluate(() => document.activeElement.className) === "skip", "the first stop is the skip link");
  await tab.keyboard.press("Enter");
  let stops = 0, unseen = 0;
  const reached = new Set();
  for (; stops < 200; stops += 1) {
    await tab.keyboard.press("Tab");
    const at = await tab.evaluate(() => {
      const one = document.activeElement;
      if (!one || one === document.body) { return null; }
      const target = one.matches(".tabs > input") ? one.nextElementSibling : one;
      const style = getComputedStyle(target);
      return { what: one.id || one.tagName + "." + one.className, seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 };
    });
    if (!at) { break; }
    reached.add(at.what);
    unseen += at.seen ? 0 : 1;
  }
  check(stops > 10 && unseen === 0, `every stop of the keyboard is seen: ${unseen} of ${stops} are not`);
  check(reached.has("target") && reached.has("BUTTON.copy") && [...reached].some((one) => one.startsWith("v-")), "switch, variants and copy are reached: " + [...reached].slice(0, 12));
  await context.close();
}

// Print: every document, no navigation.
{
  const { tab, context } = await open(kinds.tool);
  await tab.emulateMedia({ media: "print" });
  check(await tab.locator(".variant:visible").count() === 3, "on paper all variants are there");
  check(!(await tab.locator(".find").isVisible()), "on paper nothing is searched");
  check((await tab.pdf({ format: "A4" })).length > 10_000, "it prints");
  await context.close();
}

// Dark differs from light.
{
  const ground = async (colorScheme) => { const { tab, context } = await open(kinds.home, { colorScheme }); const is = await tab.evaluate(() => getComputedStyle(document.body).backgroundColor); await context.close(); return is; };
  check(await ground("light") !== await ground("dark"), "dark is dark");
}

// Search: from the form of any page, words, slips, other scripts, filters.
{
  const { tab, context } = await open(kinds.home);
  await tab.fill("#find", "delete");
  await tab.press("#find", "Enter");
  await tab.waitForSelector("#hits li");
  check(tab.url().includes("search.html?q=delete"), "the form leads to the search page");
  await context.close();
}
const took = [];
async function asked(words, filter = async () => {}) {
  const { tab, context, seen } = await open("search.html");
  const before = seen.bytes;
  await filter(tab);
  await tab.fill("#words", words);
  await tab.waitForFunction(() => document.getElementById("told").textContent !== "", null, { timeout: 15_000 });
  await tab.waitForTimeout(60);
  const hits = await tab.locator("#hits li").allInnerTexts();
  const time = parseFloat(await tab.locator("#hits").getAttribute("data-took") ?? "NaN");
  const said = await tab.locator("#told").innerText();
  const link = hits.length ? await tab.locator("#hits a").first().getAttribute("href") : null;
  took.push({ words, time, bytes: seen.bytes - before, hits: hits.length });
  await context.close();
  return { hits, said, link };
}
{
  const some = [...texts.values()].map((text) => /<h1 class="name">([a-z]+_[a-z_]+)<\/h1>/.exec(text)?.[1]).filter(Boolean);
  const name = some[0];
  const exact = await asked(name);
  check(exact.hits[0]?.startsWith(name), `a name is found first: ${name}: ${exact.hits[0]}`);
  check(exact.link && fs.existsSync(path.join(root, exact.link)), "a hit leads to a page");
  const long = some.find((one) => one.split("_").some((word) => word.length > 5));
  const word = long.split("_").find((part) => part.length > 5);
  const slip = word.slice(0, 3) + word[4] + word[3] + word.slice(5);
  const near = await asked(slip);
  check(near.hits.length > 0, `a slip is forgiven: ${slip} for ${word}: ${near.said}`);
  check((await asked("全部")).hits.length > 0, "a script without blanks is searched");
  check((await asked("zzzzqqqq")).said.includes("Nothing found"), "what is not there is not found");
  const critical = await asked("delete", (tab) => tab.check('input[name=risk][value="3"]'));
  check(critical.hits.length > 0 && critical.hits.every((hit) => hit.includes("critical")), "a filter holds");
  const low = await asked("delete", (tab) => tab.check('input[name=risk][value="0"]'));
  check(low.hits.every((hit) => hit.includes("low")), "a filter holds where others fit better");
  await asked("get");
  await asked("list all");
}
console.log("search: " + took.map((one) => `${one.words}: ${one.time} ms, ${one.bytes} bytes, ${one.hits} hits`).join(" · "));
for (const one of took) {
  check(one.bytes < 1_000_000, `${one.words} takes ${one.bytes} bytes`);
}

// The hostile server's pages, touched everywhere.
for (const page of html.filter((file) => texts.get(file).includes("hostile &lt;script&gt;")).slice(0, 40)) {
  const { tab, context } = await open(page);
  await tab.evaluate(() => document.querySelectorAll("*").forEach((one) => { one.dispatchEvent(new MouseEvent("mouseover", { bubbles: true })); }));
  await tab.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  check(await tab.evaluate(() => window.HURT === undefined), `${page} runs nothing of a server`);
  await context.close();
}
check(trouble.length === 0, `no console error, dialog or request: ${[...new Set(trouble)].slice(0, 5).join("; ")}`);

await browser.close();
console.log(`${checks} checks of ${html.length} pages, ${failed.length} failed`);
process.exit(failed.length ? 1 : 0);
