const trials = data.trials, write = value => data.share ? (100 * value).toFixed(2) : short(value);
const unit = data.metric + (data.share ? " in %" : ""), finished = trials.filter(trial => trial.value !== undefined).length;
get("facts").textContent = [data.name, finished + " of " + count(data.planned) + " trials finished",
  ...(data.best ? ["best: trial " + data.best + ", " + data.metric + " " + write(trials.find(trial => trial.trial === data.best).value) + (data.share ? " %" : "")] : [])].join(" · ");
const names = trial => "trial " + trial.trial + ", " + data.keys.map((key, index) => key + "=" + trial.values[index]).join(" ");
// The best is drawn last, above the others.
const lines = trials.filter(trial => trial.curve.length).map(trial => ({ trial: trial.trial, name: names(trial), points: trial.curve, style: trial.trial === data.best ? "first" : "other" }))
  .sort((a, b) => (a.style === "first") - (b.style === "first"));
const drawn = new Map();
if (lines.length) {
  const frame = chart(unit + " by epoch", lines, value => short(data.share ? 100 * value : value));
  const legend = element("div", "legend");
  if (data.best) legend.append(element("span", "first", "trial " + data.best + ", the best"));
  if (lines.length > 1) legend.append(element("span", "other", "others"));
  frame.append(legend);
  frame.querySelectorAll("g").forEach((group, index) => drawn.set(lines[index].trial, group));
}
function headings(table, titles) {
  const head = table.createTHead().insertRow();
  return titles.map(title => { const cell = element("th", "", title); cell.scope = "col"; head.append(cell); return cell; });
}
function overSeeds() {
  const into = panel("Over seeds"), table = element("table");
  headings(table, [...data.recipe, "seeds", "mean " + unit, "standard deviation"]);
  const body = table.createTBody();
  for (const group of data.over_seeds) {
    const line = body.insertRow();
    for (const text of [...group.values, group.count, write(group.mean), group.deviation === undefined ? "-" : write(group.deviation)]) line.append(element("td", "", text));
  }
  into.append(table);
}
// A text that is a number is sorted as one; what is empty comes last either way.
function sorted(column, descending) {
  const key = trial => { const cell = columns[column][1](trial); return cell === "" || cell === undefined ? undefined : Number.isNaN(Number(cell)) ? cell : Number(cell); };
  return [...trials].sort((one, other) => {
    const a = key(one), b = key(other);
    if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
    const order = typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1;
    return descending ? -order : order;
  });
}
const columns = [["trial", trial => trial.trial], ...data.keys.map((key, index) => [key, trial => trial.values[index]]), [unit, trial => trial.value, write],
  ["best epoch", trial => trial.best_epoch], ["epochs", trial => trial.epochs], ["seconds", trial => trial.seconds, value => value.toFixed(0)], ["state", trial => trial.state]];
const table = element("table"), body = element("tbody");
const heads = headings(table, columns.map(() => ""));
function fill(order) {
  body.replaceChildren(...order.map(trial => {
    const line = element("tr");
    columns.forEach(([title, value, shown], index) => {
      const raw = value(trial), cell = element("td", "", raw === undefined ? "-" : shown ? shown(raw) : raw);
      if (title === "state") { cell.className = raw === "finished" ? "words" : "words failed"; if (trial.reason) cell.textContent += ": " + trial.reason; }
      line.append(cell);
    });
    const choose = chosen => () => { line.classList.toggle("chosen", chosen); const group = drawn.get(trial.trial); if (group) group.classList.toggle("chosen", chosen); };
    line.tabIndex = 0;
    line.onmouseenter = line.onfocus = choose(true);
    line.onmouseleave = line.onblur = choose(false);
    return line;
  }));
}
heads.forEach((head, index) => {
  const button = element("button", "", columns[index][0]);
  button.type = "button";
  button.onclick = () => {
    const descending = head.getAttribute("aria-sort") === "ascending";
    heads.forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    fill(sorted(index, descending));
  };
  head.append(button);
});
fill(trials);
table.append(body);
get("trials").append(table);
if (data.over_seeds.length) overSeeds();
