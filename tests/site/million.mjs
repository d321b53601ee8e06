// Asks an index of a million tools in Chromium: time and bytes of words, common and rare, spelled right and wrong.
import { chromium } from "playwright-core";
import fs from "node:fs";

const [, , root, executablePath] = process.argv;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
let bad = 0;
for (const words of ["get", "delete", "list users", "create issue", "weather", "kubernetes", "delte", "databse", "delete_user", "数据", "search files in folder"]) {
  const times = [];
  let bytes = 0, hits = 0;
  for (let round = 0; round < 3; round += 1) {
    const context = await browser.newContext();
    const tab = await context.newPage();
    bytes = 0;
    tab.on("request", (request) => { const file = decodeURI(new URL(request.url()).pathname); if (file.includes("/q/")) { bytes += fs.statSync(file).size; } });
    await tab.goto("file://" + root + "/search.html");
    await tab.fill("#words", words);
    await tab.waitForFunction(() => document.getElementById("told").textContent !== "", null, { timeout: 30_000 });
    times.push(parseFloat(await tab.locator("#hits").getAttribute("data-took")));
    hits = await tab.locator("#hits li").count();
    await context.close();
  }
  times.sort((a, b) => a - b);
  console.log(`${words}: ${times.join(", ")} ms, ${bytes} bytes, ${hits} hits shown`);
  bad += times[1] > 100 || bytes > 1_000_000 ? 1 : 0;
}
await browser.close();
process.exit(bad ? 1 : 0);
