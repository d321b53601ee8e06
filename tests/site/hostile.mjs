// Rows of tools whose names and texts mean harm to whoever shows them.
const names = [
  "<script>window.HURT=1</script>", "\"><img src=x onerror=window.HURT=1>", "' onmouseover='window.HURT=1", "{{ 7 * 7 }}{% raw %}${7*7}",
  "../../../etc/passwd", "de\u202eeteler\u200b_\u{e0041}rows", "javascript:window.HURT=1", "</title></style></textarea><svg/onload=window.HURT=1>",
  "消す\u2028全部", "-->]]><!--", "&lt;script&gt;window.HURT=1&lt;/script&gt;", "\u0007bell\u0000nul", "constructor", "__proto__", "index",
];
const text = (name) => `Deletes ${name} <a href="javascript:window.HURT=1">all rows</a> <iframe src=//evil.example></iframe> @import url(//evil.example)`;
for (const name of names) {
  const schema = { type: "object", properties: { [name]: { type: "string", description: text(name), enum: [name] } }, required: [name] };
  console.log(JSON.stringify({ server: "hostile <script>window.HURT=1</script>", name, title: name, description: text(name), inputSchema: schema }));
}
const long = "<b>bold</b>\u202e".repeat(90_000);
console.log(JSON.stringify({ server: "hostile <script>window.HURT=1</script>", name: "long_text", description: long, inputSchema: { type: "object", properties: { a: { type: "string", description: long } } } }));
console.log(JSON.stringify({ server: "hostile <script>window.HURT=1</script>", name: "n".repeat(5_000), description: "A name without end." }));
