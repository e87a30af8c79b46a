"use strict";
// Texts from files only ever become text nodes and attributes, never markup.
const data = JSON.parse(document.getElementById("data").textContent);
document.getElementById("data").textContent = "";
const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};
const count = number => number.toLocaleString("en");
const percent = value => (100 * value).toFixed(1) + " %";
const get = id => document.getElementById(id);
function panel(title) {
  const made = element("section", "panel");
  made.append(element("h2", "", title));
  get("overview").append(made);
  return made;
}
// A picture of its own bytes, or words in its place.
function thumbnail(base64, otherwise) {
  const made = element("div", "picture");
  if (base64) { const image = element("img"); image.src = "data:image/jpeg;base64," + base64; image.alt = ""; made.append(image); }
  else made.textContent = otherwise;
  return made;
}
// Cells: from "truth prediction", two indexes, to a count. Where a choice is given, each cell is a button for it.
function confusionTable(title, names, cells, choose) {
  const wrongOf = new Map();
  for (const [key, number] of cells) {
    const [truth, best] = key.split(" ").map(Number);
    for (const index of [truth, best]) wrongOf.set(index, (wrongOf.get(index) || 0) + (truth === best ? 0 : number));
  }
  const most = 40, all = [...wrongOf.keys()];
  const shown = all.sort((a, b) => wrongOf.get(b) - wrongOf.get(a) || a - b).slice(0, most).sort((a, b) => a - b);
  const into = panel(title);
  if (all.length > most) into.append(element("p", "soft", "the " + most + " classes with the most mistakes, of " + all.length));
  const table = element("table"), head = table.insertRow();
  table.setAttribute("aria-label", "Confusion matrix");
  head.append(element("td"));
  head.firstChild.style.border = "none";
  for (const column of shown) { const cell = element("th", "", names[column]); cell.scope = "col"; cell.title = names[column]; head.append(cell); }
  for (const truth of shown) {
    const line = table.insertRow(), name = element("th", "", names[truth]);
    name.scope = "row";
    name.title = names[truth];
    line.append(name);
    const all = shown.reduce((sum, best) => sum + (cells.get(truth + " " + best) || 0), 0);
    for (const best of shown) {
      const number = cells.get(truth + " " + best) || 0, cell = line.insertCell();
      if (!number) continue;
      cell.className = truth === best ? "hit" : "miss";
      // Mistakes are few where they matter, so their tint grows faster.
      cell.style.setProperty("--share", 45 * (truth === best ? number / all : Math.sqrt(number / all)) + "%");
      const words = names[truth] + " taken for " + names[best];
      const shownIn = choose ? element("button") : cell;
      shownIn.textContent = count(number);
      shownIn.title = words;
      shownIn.setAttribute("aria-label", count(number) + " images: " + words);
      if (choose) { shownIn.onclick = () => choose(truth, best); cell.append(shownIn); }
    }
  }
  into.append(table);
}
