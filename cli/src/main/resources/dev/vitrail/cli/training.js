const results = data.history, evaluation = data.evaluation, best = data.best;
const shown = value => value === undefined ? "-" : (100 * value).toFixed(1);
const sum = field => results.reduce((total, epoch) => total + epoch[field], 0), seconds = sum("seconds");

get("title").textContent = results.length ? "Training" : "Evaluation";
get("facts").textContent = [data.name,
  ...(results.length ? [count(results.length) + (results.length === 1 ? " epoch" : " epochs")] : []),
  ...(seconds ? [(seconds < 120 ? seconds.toFixed(1) + " s" : (seconds / 60).toFixed(1) + " min") + ", " + percent(sum("seconds_waiting") / seconds) + " of it waiting for pictures"] : []),
  ...(best ? ["weights of epoch " + best] : []),
  ...(evaluation ? ["top-1 " + percent(evaluation.top1), ...(evaluation.top5 === undefined ? [] : ["top-5 " + percent(evaluation.top5)]),
    "loss " + short(evaluation.loss), count(evaluation.images) + " images" + (data.pictures ? " of " + data.pictures : " to validate"),
    ...(evaluation.unreadable ? [count(evaluation.unreadable) + " unreadable left out"] : [])] : []),
  ...(evaluation || results.some(epoch => epoch.val_loss !== undefined) ? [] : ["without validation"])].join(" · ");

// Lines: [name, field] of the history; an epoch without a number of that name has no point.
function curve(title, fields, write) {
  const lines = fields.map(([name, field]) => ({ name, points: results.filter(epoch => Number.isFinite(epoch[field])).map(epoch => [epoch.epoch, epoch[field]]) }))
    .filter(line => line.points.length).map((line, index) => ({ ...line, style: ["first", "second", "third"][index] }));
  if (!lines.length) return;
  const frame = chart(title, lines, write, best), legend = element("div", "legend");
  for (const { name, style } of lines) legend.append(element("span", style, name));
  if (fields.length > 1) frame.append(legend);
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
curve("Loss", [["training", "train_loss"], ["validation", "val_loss"], ["without averaging", "val_loss_raw"]], short);
curve("Accuracy in %", [["training", "train_accuracy"], ["validation", "val_top1"], ["without averaging", "val_top1_raw"]], value => short(100 * value));
curve("Learning rate", [["learning rate", "learning_rate"]], short);
if (evaluation) { classes(); confusion(); mistakes(); }
