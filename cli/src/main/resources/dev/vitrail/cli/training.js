const results = data.history, evaluation = data.evaluation, best = data.best;
const short = value => value === 0 ? "0" : Math.abs(value) < 0.001 || Math.abs(value) >= 1e5 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
const shown = value => value === undefined ? "-" : (100 * value).toFixed(1);

get("title").textContent = results.length ? "Training" : "Evaluation";
get("facts").textContent = [data.name,
  ...(results.length ? [count(results.length) + (results.length === 1 ? " epoch" : " epochs")] : []),
  ...(best ? ["weights of epoch " + best] : []),
  ...(evaluation ? ["top-1 " + percent(evaluation.top1), ...(evaluation.top5 === undefined ? [] : ["top-5 " + percent(evaluation.top5)]),
    "loss " + short(evaluation.loss), count(evaluation.images) + " images" + (data.pictures ? " of " + data.pictures : " to validate"),
    ...(evaluation.unreadable ? [count(evaluation.unreadable) + " unreadable left out"] : [])] : []),
  ...(evaluation || results.some(epoch => epoch.val_loss !== undefined) ? [] : ["without validation"])].join(" · ");

function svg(tag, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}
// About four steps of 1, 2 or 5 times a power of ten.
function ticks(low, high) {
  const rough = (high - low) / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find(factor => factor * power >= rough * 0.999);
  const marks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) marks.push(i * step);
  return marks;
}
// Lines: [name, field] of the history; an epoch without a number of that name has no point.
function curve(title, lines, write) {
  const drawn = lines.map(([name, field]) => [name, results.filter(epoch => Number.isFinite(epoch[field])).map(epoch => [epoch.epoch, epoch[field]])])
    .filter(([, points]) => points.length);
  if (!drawn.length) return;
  const values = drawn.flatMap(([, points]) => points.map(point => point[1]));
  const first = results[0].epoch, last = results[results.length - 1].epoch;
  const low = Math.min(0, ...values), high = Math.max(...values) > low ? Math.max(...values) : low + 1;
  const left = 46, right = 372, top = 8, bottom = 178;
  const x = epoch => last === first ? (left + right) / 2 : left + (right - left) * (epoch - first) / (last - first);
  const y = value => bottom - (bottom - top) * (value - low) / (high - low);
  const into = panel(title), frame = element("div", "curve");
  const picture = svg("svg", { viewBox: "0 0 380 200", role: "img" });
  picture.setAttribute("aria-label", title + ". " + drawn.map(([name, points]) => name + ": from " + write(points[0][1]) + " to " + write(points[points.length - 1][1])).join(", "));
  for (const mark of ticks(low, high)) {
    picture.append(svg("line", { class: "grid", x1: left, x2: right, y1: y(mark), y2: y(mark) }), svg("text", { x: left - 6, y: y(mark) + 4, "text-anchor": "end" }, write(mark)));
  }
  const epochs = last - first < 4 ? results.map(epoch => epoch.epoch) : ticks(first, last).filter(mark => Number.isInteger(mark) && mark >= first);
  for (const mark of epochs) picture.append(svg("text", { x: x(mark), y: bottom + 17, "text-anchor": "middle" }, mark));
  if (best && results.length > 1) {
    const line = svg("line", { class: "best", x1: x(best), x2: x(best), y1: top, y2: bottom });
    line.append(svg("title", {}, "epoch " + best + ", the best"));
    picture.append(line);
  }
  const legend = element("div", "legend");
  drawn.forEach(([name, points], index) => {
    const colour = index ? "second" : "first";
    if (points.length > 1) picture.append(svg("polyline", { class: colour, points: points.map(point => x(point[0]).toFixed(1) + "," + y(point[1]).toFixed(1)).join(" ") }));
    for (const [epoch, value] of points) {
      const dot = svg("circle", { class: colour, cx: x(epoch), cy: y(value), r: points.length > 60 ? 1 : 2.5 });
      dot.append(svg("title", {}, "epoch " + epoch + ": " + name + " " + write(value)));
      picture.append(dot);
    }
    legend.append(element("span", colour, name));
  });
  frame.append(picture);
  if (lines.length > 1) frame.append(legend);
  into.append(frame);
}
function classes() {
  const into = panel("Classes"), table = element("table"), head = table.insertRow();
  for (const title of ["class", "images", "right", "recall %", "precision %", "F1 %"]) { const cell = element("th", "", title); cell.scope = "col"; head.append(cell); }
  head.firstChild.className = "name";
  for (const figures of evaluation.classes) {
    const line = table.insertRow(), name = element("th", "", figures.label);
    name.scope = "row";
    name.title = figures.label;
    line.append(name);
    for (const text of [count(figures.images), count(figures.correct), shown(figures.recall), shown(figures.precision), shown(figures.f1)]) line.append(element("td", "", text));
  }
  into.append(table);
}
function confusion() {
  const cells = new Map();
  evaluation.confusion.forEach((row, truth) => row.forEach((number, predicted) => { if (number) cells.set(truth + " " + predicted, number); }));
  confusionTable("Confusion matrix: rows are true classes, columns predictions", evaluation.classes.map(figures => figures.label), cells);
}
function mistakes() {
  const all = evaluation.mistakes, wrong = evaluation.images - evaluation.classes.reduce((sum, figures) => sum + figures.correct, 0);
  get("mistakes").append(element("h2", "", all.length < wrong ? "The " + all.length + " surest of " + count(wrong) + " mistakes" : wrong ? "Mistakes, the surest first (" + wrong + ")" : "No mistakes"));
  const cards = element("div", "cards");
  cards.setAttribute("role", "list");
  for (const mistake of all) {
    const card = element("div", "card wrong"), truth = element("p");
    truth.append(element("b", "", "is " + mistake.label));
    card.append(thumbnail(mistake.picture, data.complete ? "cannot be shown" : "shown when the training ends"),
      element("p", "", percent(mistake.probability) + " " + mistake.predicted), truth, element("p", "soft", mistake.path));
    card.title = mistake.path + "\nis " + mistake.label + ", taken for " + mistake.predicted + " " + percent(mistake.probability);
    card.tabIndex = 0;
    card.setAttribute("role", "listitem");
    card.setAttribute("aria-label", card.title);
    cards.append(card);
  }
  get("mistakes").append(cards);
}
curve("Loss", [["training", "train_loss"], ["validation", "val_loss"]], short);
curve("Accuracy in %", [["training", "train_accuracy"], ["validation", "val_top1"]], value => short(100 * value));
curve("Learning rate", [["learning rate", "learning_rate"]], short);
if (evaluation) { classes(); confusion(); mistakes(); }
