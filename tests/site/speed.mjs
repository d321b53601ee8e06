// Times a catalogue of a database beside writing the same bytes as plain files, and a second build that finds nothing to do.
//
//   MCPDEX_DB=FILE node tests/site/speed.mjs PROGRAM [WORD …]      (words go to `mcpdex site`)
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const [, , program, ...words] = process.argv;
const work = fs.mkdtempSync(path.join(os.tmpdir(), "mcpdex-speed-"));
const pages = path.join(work, "pages");
const seconds = (begin) => (performance.now() - begin) / 1_000;
function site() {
  const begin = performance.now();
  const ended = spawnSync(program, ["site", "--out", pages, "--quiet", ...words], { stdio: "inherit" });
  if (ended.status !== 0) { throw new Error(`it ended with ${ended.status}`); }
  return seconds(begin);
}
const walk = (folder) => fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? walk(path.join(folder, entry.name)) : [path.join(folder, entry.name)]);

try {
  const first = site();
  const files = walk(pages).map((file) => [path.relative(pages, file), fs.readFileSync(file)]);
  const second = site();
  for (const folder of new Set(files.map(([name]) => path.dirname(name)))) { fs.mkdirSync(path.join(work, "plain", folder), { recursive: true }); }
  const begin = performance.now();
  for (const [name, bytes] of files) { fs.writeFileSync(path.join(work, "plain", name), bytes); }
  const plain = seconds(begin);
  const html = files.filter(([name]) => name.endsWith(".html")).length;
  const bytes = files.reduce((sum, [, one]) => sum + one.length, 0);
  console.log(`${html} pages and ${files.length - html} other files, ${(bytes / 1e6).toFixed(0)} MB`);
  console.log(`first build ${first.toFixed(2)} s, ${(html / first).toFixed(0)} pages/s; plain writes ${plain.toFixed(2)} s: ${(plain / first).toFixed(2)} of their speed`);
  console.log(`second build ${second.toFixed(2)} s, ${(100 * second / first).toFixed(1)} % of the first`);
} finally {
  fs.rmSync(work, { recursive: true });
}
