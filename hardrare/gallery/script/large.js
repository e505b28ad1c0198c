// The large view: the picture as large as it is at hand, and all that is known of it.
const large = { box: find("large"), at: -1, i: -1, hot: false, get open() { return large.box.open; } };
large.show = function (at) {
  large.at = at;
  large.peek(feed.units[at].i);
};
// An image that is perhaps not in the feed, such as one of the nearest.
large.peek = function (i) {
  large.i = i;
  if (!large.box.open) large.box.showModal();
  const image = find("picture");
  image.dataset.of = i;
  image.alt = data.names[i];
  find("which").textContent = "";
  best(image, i, what => { if (large.i === i) find("which").textContent = `You see ${what}.`; });
  find("look-up").hidden = files.asked || !hasFile(i);
  large.fill();
  large.box.scrollTop = 0; // on a phone the name that was pressed stands far below the picture
  find("large-name").focus({ preventScroll: true });
};
large.step = function (by) {
  if (!feed.units.length) return;
  const at = Math.max(0, Math.min(feed.units.length - 1, large.at + by));
  feed.go(at, false);
  large.show(at);
};
find("look-up").addEventListener("click", () => { files.asked = true; large.peek(large.i); });
large.close = () => large.box.close();
// The browser gives the keyboard back to the card it came from; it goes on from where one came to.
large.box.addEventListener("close", () => {
  if (!find("images").hidden) feed.go(large.at >= 0 ? large.at : Math.max(0, feed.at));
});
large.box.addEventListener("click", event => { if (event.target === large.box) large.close(); });

function fact(list, name, value) {
  if (value !== null && value !== undefined && value !== "") within(list, element("dt", name), value instanceof Node ? within(element("dd"), value) : element("dd", value));
}
// A name that opens its image.
const link = i => within(button(undefined, `Open ${data.names[i]}`, () => large.peek(i), "link"), named(i, ""));
// The image that another resembles most, or its name where it is not on this page.
function resembled(i) {
  if (nearest[i] >= 0) return link(nearest[i]);
  const name = data.elsewhere[i];
  return name === undefined ? "another image" : within(element("span"), element("bdi", name), ", which is not on this page");
}
const day = seconds => new Date(1000 * seconds).toISOString().slice(0, 10);
function factsOf(i) {
  const list = element("dl");
  for (const a of axes) if (a.name !== PROPOSED) fact(list, a.name, a.rank[i] > total ? "no label, no place" : `#${grouped(a.rank[i])} of ${grouped(total)}, ${stands(a, i)}${a.member[i] ? " · marked" : ""}`);
  fact(list, "hurt by", note("reason", i));
  fact(list, "label", notes.label && element("bdi", note("label", i) ?? "none"));
  fact(list, "suggested label", note("suggested", i) && element("bdi", note("suggested", i)));
  if (offered.has(i)) fact(list, "proposed label", within(element("span"), element("bdi", offered.get(i)[0]), ` (mean probability ${probable(offered.get(i)[1])}, named by ${judged(i)})`));
  if (kept[i] >= 0) fact(list, "shows the same as", within(element("span"), link(kept[i]), ` (${[note("kind", i), note("because", i) && `that one stays: ${note("because", i)}`].filter(Boolean).join("; ")})`));
  fact(list, "most alike", note("similarity", i) && within(element("span"), resembled(i), ` (similarity ${note("similarity", i)}; 1 = the same)`));
  const file = [note("format", i), note("size", i), note("mode", i), number("bytes", i) !== null && size(number("bytes", i)), number("frames", i) > 1 && `${number("frames", i)} pictures in it, one of them looked at`];
  fact(list, "file", file.filter(Boolean).join(", "));
  fact(list, "part", note("part", i));
  fact(list, "date", number("taken", i) !== null && day(number("taken", i)));
  return list;
}
// Every score as its place among all images.
function scoresOf(i) {
  const all = element("details"), body = element("table");
  all.append(element("summary", `All ${Object.keys(data.scores).length} scores`), element("p", "Place among all images by each score: 0 = the smallest value, 100 = the largest.", "note"), body);
  all.addEventListener("toggle", () => {
    large.scores = all.open;
    if (all.open && !body.rows.length) for (const name of Object.keys(data.scores)) {
      const value = Math.round(score(name, i) / 2.55), row = within(element("tr"), element("td", name), element("td", value));
      row.lastChild.style.setProperty("--share", `${value}%`);
      body.append(row);
    }
  });
  all.open = Boolean(large.scores);
  return all;
}
function heatOf(i) {
  const found = heat[state.axis]?.of.has(i) ? state.axis : Object.keys(heat).find(name => heat[name].of.has(i));
  return found && { ...heat[found], warm: heat[found].of.get(i) };
}
large.warm = function (on) {
  const one = heatOf(large.i), canvas = find("warm"), press = find("why");
  large.hot = on;
  press.hidden = !one;
  press.setAttribute("aria-pressed", String(on));
  canvas.hidden = !one || !on;
  find("why-words").textContent = one && on ? one.note : "";
  if (!one || !on) return;
  const grid = element("canvas"), pen = grid.getContext("2d");
  grid.width = grid.height = one.side;
  const pixels = pen.createImageData(one.side, one.side);
  one.warm.forEach((v, k) => pixels.data.set([255, 90 + 100 * (v / 255), 0, 0.72 * v], 4 * k));
  pen.putImageData(pixels, 0, 0);
  const image = find("picture"), to = canvas.getContext("2d");
  canvas.width = image.clientWidth || 1;
  canvas.height = image.clientHeight || 1;
  to.imageSmoothingQuality = "high";
  to.drawImage(grid, 0, 0, canvas.width, canvas.height);
};
find("picture").addEventListener("load", () => { large.fit(); large.warm(large.hot); });
// A copy is shown as large as the file would be, up to the room there is.
large.fit = function () {
  const image = find("picture"), room = image.parentElement.getBoundingClientRect();
  const [w, h] = (note("size", large.i) || `${image.naturalWidth} × ${image.naturalHeight}`).split(" × ").map(Number);
  const most = Math.min(room.width / image.naturalWidth, (innerHeight * (innerWidth > 900 ? 0.72 : 0.5)) / image.naturalHeight);
  const scale = Math.min(most, Math.max(1, Math.max(w, h) / Math.max(image.naturalWidth, image.naturalHeight), 240 / Math.max(image.naturalWidth, image.naturalHeight)));
  image.style.width = `${image.naturalWidth * scale}px`;
  image.style.height = `${image.naturalHeight * scale}px`;
  image.classList.toggle("coarse", Math.max(image.naturalWidth, image.naturalHeight) < 49);
};
large.fill = function () {
  const i = large.i, one = decision(i);
  find("large-name").replaceChildren(named(i, ""));
  find("large-at").textContent = feed.units[large.at]?.i === i ? `${grouped(large.at + 1)} of ${grouped(feed.units.length)}` : "beside the list";
  find("large-said").textContent = decisionWords(i) || "not decided";
  large.box.dataset.kind = one.kind;
  find("note").value = one.note;
  find("large-facts").replaceChildren(factsOf(i), scoresOf(i));
  const strips = [];
  if (mates(i).length > 1) strips.push(minis([together(i)], mates(i).slice(0, 12), "strip"));
  if (examples(note("label", i)).length) strips.push(minis(["given: ", element("bdi", note("label", i))], examples(note("label", i)), "strip"));
  if (note("suggested", i) !== note("label", i) && examples(note("suggested", i)).length) strips.push(minis(["suggested: ", element("bdi", note("suggested", i))], examples(note("suggested", i)), "strip"));
  if (alike(i, 6).length) strips.push(minis(["Most like it on this page"], alike(i, 6), "strip"));
  find("large-near").replaceChildren(...strips);
  for (const press of find("large-near").querySelectorAll("button")) press.tabIndex = 0;
  find("large-stay").hidden = group[i] < 0;
  find("large-take").hidden = !proposal(i, state.axis);
  large.warm(large.hot);
};
// Relabel: another label, of those that there are or a new one.
function relabel(i) {
  const box = find("relabel"), field = find("label");
  box.dataset.i = i;
  field.value = decision(i).label || note("suggested", i) || offered.get(i)?.[0] || note("label", i) || "";
  find("relabel-name").replaceChildren(named(i, ""));
  box.showModal();
  field.select();
}
// Decided as the form is sent: "close" comes later, maybe after the next key.
find("relabel").querySelector("form").addEventListener("submit", event => {
  const label = find("label").value.trim(), i = Number(find("relabel").dataset.i);
  if (event.submitter?.value === "take" && label)
    decide([[i, { kind: "relabel", label, axis: state.axis, note: decision(i).note }]], `Relabel as ${label}: ${data.names[i]}`);
});
find("relabel").addEventListener("close", () => {
  if (!large.open) feed.go(Math.max(0, feed.at));
});
