const labels = data.labels, indexOfLabel = new Map();
labels.forEach((label, index) => { if (!indexOfLabel.has(label)) indexOfLabel.set(label, index); });
// A row: [path, [[label, probability], ...] or null, unsure, thumbnail or "", error or ""]
const rows = data.rows.map((row, place) => {
  const slash = row[0].indexOf("/");
  const folder = slash < 0 ? undefined : row[0].slice(0, slash);
  return { place, path: row[0], top: row[1], unsure: row[2], picture: row[3], error: row[4],
    best: row[1] ? row[1][0][0] : -1, probability: row[1] ? row[1][0][1] : -1,
    truth: indexOfLabel.has(folder) ? indexOfLabel.get(folder) : -1 };
});
// Equal labels of two classes are one in a folder's name.
const isRight = row => row.best >= 0 && labels[row.best] === labels[row.truth];
const isWrong = row => row.best >= 0 && row.truth >= 0 && !isRight(row);
const classified = rows.filter(row => row.best >= 0), failed = rows.filter(row => row.best < 0);
const known = classified.filter(row => row.truth >= 0), right = known.filter(isRight);
const unsure = classified.filter(row => row.unsure);
get("facts").textContent = [data.model, count(rows.length) + " images", count(classified.length) + " classified",
  ...(data.threshold > 0 ? [count(unsure.length) + " unsure (below " + percent(data.threshold) + ")"] : []), count(failed.length) + " failed",
  ...(known.length ? ["accuracy " + percent(right.length / known.length) + " (" + count(right.length) + " of " + count(known.length) + " images whose folder is a class)"] : [])].join(" · ");

function histogram() {
  const counts = new Array(20).fill(0);
  for (const row of classified) counts[Math.min(19, Math.floor(20 * row.probability))]++;
  const most = Math.max(1, ...counts), into = panel("Best probability"), bars = element("div");
  bars.id = "bars";
  const words = counts.map((number, bin) => 5 * bin + " to " + 5 * (bin + 1) + " %: " + count(number) + " images");
  bars.setAttribute("role", "img");
  bars.setAttribute("aria-label", "Histogram. " + words.filter((_, bin) => counts[bin]).join(", "));
  counts.forEach((number, bin) => {
    const bar = element("div");
    bar.style.height = (number ? Math.max(2, 100 * number / most) : 0) + "%";
    bar.title = words[bin];
    bars.append(bar);
  });
  const axis = element("div", "axis");
  for (const mark of ["0 %", "25", "50", "75", "100 %"]) axis.append(element("span", "", mark));
  into.append(bars, axis, element("div", "soft", "highest bar: " + count(most) + " images"));
}
function confusion() {
  if (!known.length) return;
  const cells = new Map();
  for (const row of known) {
    const key = row.truth + " " + indexOfLabel.get(labels[row.best]);
    cells.set(key, (cells.get(key) || 0) + 1);
  }
  confusionTable("Confusion matrix: rows are folders, columns predictions", labels, cells, (truth, best) => {
    pair = [truth, best];
    for (const id of ["label", "show", "search"]) get(id).value = "";
    update();
    get("controls").scrollIntoView();
  });
}

let pair = null, lines = [], starts = [], columns = 1;
const GROUP = 44, CARDS = 182, ERROR = 28, WIDTH = 132;
function option(select, value, text) { const made = element("option", "", text); made.value = value; select.append(made); }
function filters() {
  option(get("label"), "", "All classes");
  const counts = new Map();
  for (const row of classified) counts.set(row.best, (counts.get(row.best) || 0) + 1);
  for (const [index, count] of [...counts].sort((a, b) => a[0] - b[0])) option(get("label"), index, labels[index] + " (" + count + ")");
  option(get("show"), "", "All images");
  if (data.threshold > 0) option(get("show"), "unsure", "Unsure (" + unsure.length + ")");
  if (known.length) option(get("show"), "wrong", "Wrong (" + (known.length - right.length) + ")");
  if (failed.length) option(get("show"), "failed", "Failed (" + failed.length + ")");
}
function matches(row, text, label, show) {
  if (label !== "" && row.best !== Number(label)) return false;
  if (show === "unsure" && !row.unsure || show === "wrong" && !isWrong(row) || show === "failed" && row.best >= 0) return false;
  if (pair && !(row.best >= 0 && row.truth === pair[0] && indexOfLabel.get(labels[row.best]) === pair[1])) return false;
  return text === "" || row.path.toLowerCase().includes(text) || row.best >= 0 && labels[row.best].toLowerCase().includes(text);
}
function update() {
  const text = get("search").value.trim().toLowerCase(), label = get("label").value, show = get("show").value, order = get("order").value;
  const found = rows.filter(row => matches(row, text, label, show)), groups = new Map();
  for (const row of found) { if (!groups.has(row.best)) groups.set(row.best, []); groups.get(row.best).push(row); }
  get("count").textContent = count(found.length) + " of " + count(rows.length) + (pair ? ": " + labels[pair[0]] + " taken for " + labels[pair[1]] : "");
  columns = Math.max(1, Math.floor((get("list").clientWidth + 10) / (WIDTH + 10)));
  lines = [];
  for (const index of [...groups.keys()].sort((a, b) => (a < 0) - (b < 0) || a - b)) {
    const group = groups.get(index);
    if (order !== "path") group.sort((a, b) => (order === "sure" ? -1 : 1) * (a.probability - b.probability) || a.place - b.place);
    lines.push({ height: GROUP, title: (index < 0 ? "Errors" : labels[index]) + " (" + count(group.length) + ")" });
    if (index < 0) for (const row of group) lines.push({ height: ERROR, error: row });
    else for (let at = 0; at < group.length; at += columns) lines.push({ height: CARDS, cards: group.slice(at, at + columns) });
  }
  let top = 0;
  starts = lines.map(line => { const start = top; top += line.height; return start; });
  get("list").style.height = top + "px";
  get("list").replaceChildren();
  made.clear();
  draw();
}
function card(row) {
  const made = element("div", "card" + (isWrong(row) ? " wrong" : "") + (row.unsure ? " unsure" : "")), picture = thumbnail(row.picture, "no thumbnail: classified by a run without a report");
  made.append(picture, element("p", "", percent(row.probability) + (row.unsure ? ", unsure" : "")));
  // Of a folder that is a class nothing more need be said: the image is below it, or is wrong.
  made.append(element("p", "", row.truth < 0 ? row.path : row.path.slice(row.path.indexOf("/") + 1)));
  if (isWrong(row)) { const truth = element("p"); truth.append(element("b", "", "is " + labels[row.truth])); made.append(truth); }
  made.title = row.path + "\n" + row.top.map(([label, p]) => labels[label] + " " + percent(p)).join("\n");
  made.tabIndex = 0;
  made.setAttribute("role", "listitem");
  made.setAttribute("aria-label", made.title);
  return made;
}
const made = new Map();
// Only what is on the screen and a screen around it is in the document, however long the list is.
function draw() {
  const list = get("list"), offset = list.getBoundingClientRect().top, screen = window.innerHeight;
  const from = -offset - screen, to = -offset + 2 * screen;
  let low = 0, high = starts.length;
  while (low < high) { const middle = low + high >> 1; if (starts[middle] + lines[middle].height < from) low = middle + 1; else high = middle; }
  let end = low;
  while (end < lines.length && starts[end] < to) end++;
  for (const [at, node] of made) if (at < low || at >= end) { node.remove(); made.delete(at); }
  for (let at = low; at < end; at++) {
    if (made.has(at)) continue;
    const line = lines[at];
    let node;
    if (line.cards) { node = element("div", "cards"); node.setAttribute("role", "list"); node.style.gridTemplateColumns = "repeat(" + columns + ", minmax(0, 1fr))"; node.append(...line.cards.map(card)); }
    else if (line.error) { node = element("div", "error"); node.append(element("strong", "", line.error.path), "  " + line.error.error); node.title = line.error.error; }
    else node = element("h2", "group", line.title);
    node.style.top = starts[at] + "px";
    made.set(at, node);
    list.append(node);
  }
}
histogram();
confusion();
filters();
let frame = 0;
addEventListener("scroll", () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(draw); }, { passive: true });
addEventListener("resize", update);
for (const id of ["search", "label", "show", "order"]) get(id).addEventListener("input", () => { pair = null; update(); });
document.forms[0].addEventListener("submit", event => event.preventDefault());
document.forms[0].addEventListener("reset", () => { pair = null; setTimeout(update); });
update();
