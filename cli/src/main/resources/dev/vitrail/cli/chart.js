const short = value => value === 0 ? "0" : Math.abs(value) < 0.001 || Math.abs(value) >= 1e5 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
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
// Lines over epochs, as { name, style, points: [epoch, value] }; those of more than 20 lines are without dots.
function chart(title, lines, write, best) {
  const all = lines.flatMap(line => line.points), values = all.map(point => point[1]), epochs = all.map(point => point[0]);
  const least = numbers => numbers.reduce((a, b) => Math.min(a, b)), most = numbers => numbers.reduce((a, b) => Math.max(a, b));
  const first = least(epochs), last = most(epochs);
  const low = Math.min(0, least(values)), high = most(values) > low ? most(values) : low + 1;
  const left = 46, right = 372, top = 8, bottom = 178;
  const x = epoch => last === first ? (left + right) / 2 : left + (right - left) * (epoch - first) / (last - first);
  const y = value => bottom - (bottom - top) * (value - low) / (high - low);
  const into = panel(title), frame = element("div", "curve");
  const picture = svg("svg", { viewBox: "0 0 380 200", role: "img" });
  picture.setAttribute("aria-label", title + ". " + lines.map(({ name, points }) => name + ": from " + write(points[0][1]) + " to " + write(points[points.length - 1][1])).join(", "));
  for (const mark of ticks(low, high)) {
    picture.append(svg("line", { class: "grid", x1: left, x2: right, y1: y(mark), y2: y(mark) }), svg("text", { x: left - 6, y: y(mark) + 4, "text-anchor": "end" }, write(mark)));
  }
  const marks = last - first < 4 ? [...new Set(epochs)] : ticks(first, last).filter(mark => Number.isInteger(mark) && mark >= first);
  for (const mark of marks) picture.append(svg("text", { x: x(mark), y: bottom + 17, "text-anchor": "middle" }, mark));
  if (best && last > first) {
    const line = svg("line", { class: "best", x1: x(best), x2: x(best), y1: top, y2: bottom });
    line.append(svg("title", {}, "epoch " + best + ", the best"));
    picture.append(line);
  }
  for (const { name, style, points } of lines) {
    const drawn = svg("g", { class: style });
    if (points.length > 1) {
      const path = svg("polyline", { points: points.map(point => x(point[0]).toFixed(1) + "," + y(point[1]).toFixed(1)).join(" ") });
      path.append(svg("title", {}, name));
      drawn.append(path);
    }
    for (const [epoch, value] of lines.length > 20 && points.length > 1 ? [] : points) {
      const dot = svg("circle", { cx: x(epoch), cy: y(value), r: points.length > 60 ? 1 : 2.5 });
      dot.append(svg("title", {}, "epoch " + epoch + ": " + name + " " + write(value)));
      drawn.append(dot);
    }
    picture.append(drawn);
  }
  frame.append(picture);
  into.append(frame);
  return frame;
}
