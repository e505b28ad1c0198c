// What is shown: axis, share, decided or not, text; and what the buttons do.
if (offered.size) {
  const tab = within(element("label"), element("input", undefined, undefined, { type: "radio", name: "axis", value: PROPOSED }),
    within(element("span"), `${PROPOSED} `, element("b", grouped(offered.size))));
  document.querySelector(".tabs").insertBefore(tab, document.querySelector(".tabs input[value=all]").parentElement);
}
if (offered.size) within(document.querySelector("#meaning-of-it .defined"), within(element("div"), element("dt", PROPOSED), element("dd", `${capital(meaning[PROPOSED])}.`)));
document.querySelectorAll(".tabs label").forEach((tab, k) => { tab.title = `key ${k + 1}`; });
const controls = find("controls"), state = { axis: axes[0].name, passes: [] };
const ALL = "all";
function passing(a) {
  const text = controls.text.value.toLowerCase(), share = controls.share.value, which = controls.which.value;
  const last = a && share !== "marked" ? Math.max(1, Math.round(Number(share) * total)) : 0;
  return lower.map((name, i) => name.includes(text)
    && (!a || (share === "marked" ? a.member[i] || (a.name === "duplicate" && group[i] >= 0) : a.rank[i] <= last))
    && (which === "" || Boolean(decision(i).kind) === (which === "decided")));
}
function show() {
  state.axis = new FormData(controls).get("axis");
  const a = axisNow(), text = controls.text.value, share = controls.share.selectedOptions[0].textContent;
  state.passes = passing(a);
  const order = (a ? a.order : byName).filter(i => state.passes[i]);
  find("title").textContent = a ? capital(a.name) : "All images";
  find("meaning").textContent = a ? `${capital(meaning[a.name])}. The scan proposes: ${WORDS[a.name]}.` : "By their paths.";
  const holds = shown < total ? ` on this page, which holds ${grouped(shown)} of ${grouped(total)}` : "";
  const among = `${a ? `, ${share}` : ""}${text ? `, path holds “${text}”` : ""}`;
  find("count").textContent = order.length ? `${a?.name === "duplicate" ? grouping(order) : count(order.length, "image")}${holds}${among}.` : `No image${among}. Choose a larger share, other decisions or another text.`;
  controls.share.disabled = !a;
  find("as-proposed").hidden = !a;
  feed.at = -1;
  feed.lay(order);
  find("at").textContent = "";
  drawMaps();
}
// What stands in groups: the copies, which the axis counts, what they repeat, and what is only alike.
function grouping(order) {
  const alone = order.filter(i => group[i] < 0).length, within = [...new Set(order.filter(i => group[i] >= 0).flatMap(mates))];
  const alike = within.filter(i => standing(i) === 2), copies = within.filter(i => kept[i] >= 0), same = within.length - alike.length;
  return [
    same && `${counted(copies.length, "copy", "copies")} of ${counted(same - copies.length, "image", "images")} that ${same - copies.length === 1 ? "stays" : "stay"}`,
    alike.length && `${count(alike.length, "image")} that ${alike.length === 1 ? "is only alike and stays" : "are only alike and stay"}`,
    alone && `${count(alone, "image")} in no group`,
  ].filter(Boolean).join("; ");
}
function choose(k) {
  const tabs = controls.querySelectorAll("input[name=axis]");
  if (!tabs[k]) return;
  tabs[k].checked = true;
  if (controls.hidden) location.hash = "#images"; // from a part without axes
  show();
}
const byName = Array.from(data.names.keys()).sort((i, j) => (data.names[i] < data.names[j] ? -1 : 1));

controls.addEventListener("input", event => { show(); if (event.target.name !== "text") scrollTo(0, Math.min(scrollY, controls.offsetTop)); });
// Who chose by mouse or finger goes on among the images: arrow keys are theirs, not the control's.
let pointed = false;
addEventListener("pointerdown", () => { pointed = true; }, true);
addEventListener("keydown", () => { pointed = false; }, true);
controls.addEventListener("click", event => { if (pointed && event.target.matches("input[type=radio]")) event.target.blur(); });
controls.addEventListener("change", event => { if (pointed && event.target.matches("select")) event.target.blur(); });
controls.addEventListener("submit", event => event.preventDefault());
find("undo").addEventListener("click", undo);
find("save").addEventListener("click", () => { save(csv(), "decisions.csv", "text/csv"); say("Saved as decisions.csv."); });
find("load").addEventListener("click", () => find("file").click());
find("file").addEventListener("change", async event => { const [file] = event.target.files; if (file) takeOver(await file.text()); event.target.value = ""; });
find("as-proposed").addEventListener("click", () => {
  const changes = undecided();
  decide(changes, changes.length ? `As proposed: ${count(changes.length, "image")}. Press u to undo.` : "All that are shown are decided, or nothing is proposed for them.");
});
find("copy-all").addEventListener("click", () => copy(feed.units.map(unit => data.names[unit.i]).join("\n"), `Copied ${count(feed.units.length, "path")}`));
find("help-open").addEventListener("click", () => find("help").showModal());
for (const box of document.querySelectorAll("dialog"))
  for (const press of box.querySelectorAll(".close")) press.addEventListener("click", () => box.close());
find("large-keep").addEventListener("click", () => mark(large.i, "keep"));
find("large-drop").addEventListener("click", () => mark(large.i, "drop"));
find("large-relabel").addEventListener("click", () => relabel(large.i));
find("large-stay").addEventListener("click", () => stay(large.i));
find("large-take").addEventListener("click", () => takeProposal(large.i));
find("large-next").addEventListener("click", () => large.step(1));
find("large-before").addEventListener("click", () => large.step(-1));
find("why").addEventListener("click", () => large.warm(!large.hot));
find("note").addEventListener("change", event => annotate(large.i, event.target.value));
for (const label of new Set([...(notes.label?.words || []), ...(notes.suggested?.words || []), ...Array.from(offered.values(), one => one[0])])) find("labels").append(element("option", undefined, undefined, { value: label }));

// Parts of the page, one at a time; without this script they stand one below the other.
const PARTS = ["images", "maps", "meaning-of-it", "left-out"];
function part() {
  const wanted = PARTS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "images";
  for (const one of PARTS) if (find(one)) find(one).hidden = one !== wanted;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${wanted}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  find("controls").classList.toggle("on-maps", wanted === "maps");
  find("controls").hidden = !["images", "maps"].includes(wanted);
  if (wanted === "images") feed.arrange();
  drawMaps();
}
addEventListener("hashchange", () => { part(); scrollTo(0, 0); });
// In a frame of srcdoc (a notebook's) links count from the page around it and would load that; its own hash does not.
addEventListener("click", event => {
  const link = event.target.closest?.("a[href^='#']");
  if (!link || !location.href.startsWith("about:")) return;
  event.preventDefault();
  location.hash = link.hash;
});
let width = 0;
new ResizeObserver(() => {
  if (innerWidth === width) return;
  width = innerWidth;
  if (!find("images").hidden) { const at = feed.at; feed.arrange(); if (at >= 0) feed.go(at, false); }
  if (large.open) { large.fit(); large.warm(large.hot); }
  drawMaps();
}).observe(document.documentElement);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawMaps);
find("took").before(" ");
find("took").textContent = scan.took || "";
find("changed").textContent = scan.changed || "";
find("labelled").textContent = scan.labels || "";
width = innerWidth;
find("lead").open = find("filters").open = width > 600; // on a phone the pictures come first
tally();
part(); // first, so that what is not looked at is neither laid nor drawn
show();
