// Spoils a folder of pages, one fault for each kind of check: whoever looks at it afterwards has to find them all.
import fs from "node:fs";
import path from "node:path";

const [, , root] = process.argv;
const walk = (folder) => fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? walk(path.join(folder, entry.name)) : [path.join(folder, entry.name)]);
const all = walk(root);
const edit = (file, change) => { const text = fs.readFileSync(file, "utf8"), made = change(text); if (made === text) { throw new Error(`nothing to spoil in ${file}`); } fs.writeFileSync(file, made); };
const named = (stem, ending) => all.find((file) => path.basename(file).startsWith(stem + "-") && file.endsWith(ending));
const page = (name) => path.join(root, name);

// A link to nothing; HTML that is none; a picture without a text; a page that is too wide.
edit(page("rules/index.html"), (text) => text.replace("<h1>", '<a href="nowhere.html">x</a><h1>'));
edit(page("unread/1.html"), (text) => text.replace("</h1>", "</h2>"));
edit(page("servers/1.html"), (text) => text.replace("<h1>", '<img src="../' + path.basename(named("icon", ".svg")) + '"><h1>'));
// Colours that cannot be read, no mark of the focus, no dark, nothing printed, an element as wide as three screens.
edit(named("style", ".css"), (text) => text.replace(/:focus-visible \{[^}]*\}/, ":focus-visible { outline: none; }").replace("@media (prefers-color-scheme: dark)", "@media (prefers-color-scheme: none)").replace(/@media print \{[\s\S]*?\n\}/, "") + "\n.soft { color: #ddd; }\n.foot { width: 3000px; }\n.plate { animation: move 1s; } @keyframes move { from { margin-top: 0; } to { margin-top: 90px; } }\n");
// A script that asks somebody else, opens a dialog, makes errors, weighs too much and copies nothing.
edit(named("page", ".js"), (text) => text.replace("copy(pre.textContent", 'copy("other"').replace("names[gap.charCodeAt(0) - 0xe000]", "gap") + '\nwindow.HURT = 1; console.error("spoilt"); alert(1); new Image().src = "https://evil.example/x.png";\n' + "// " + "x".repeat(60000) + "\n");
// A search without slips and filters.
edit(named("search", ".js"), (text) => text.replace("if (filters.risks.length && filters.risks.indexOf(risk) < 0) { return; }", "").replace("!forgiving", "true"));
