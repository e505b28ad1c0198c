// Decisions: what was chosen for which file, by name, kept in this browser while one works.
// A decision is {kind, label, axis, note}; those that `hardrare apply` carried out come with the page.
const KEY = `hardrare decisions ${scan.identity || data.identity}`;
const EMPTY = { kind: "", label: "", axis: "", note: "" };
const decided = new Map(), before = new Map(), undone = [];
const LISTS = { keep: "keep", drop: "drop", relabel: "relabel" };
const markOf = name => place.has(name) ? number("mark", place.get(name)) : null;
const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

for (const [name, [kind, label, axis, text]] of Object.entries(scan.decided || {})) {
  before.set(name, { kind, label, axis, note: text });
  decided.set(name, before.get(name));
}
let remembered = true;
const stored = () => JSON.parse(localStorage.getItem(KEY) || "{}");
// Take over what this browser keeps, on top of what was carried out before.
function recall() {
  try {
    const kept = Object.entries(stored());
    decided.clear();
    for (const [name, one] of before) decided.set(name, one);
    for (const [name, [kind, label, axis, text, mark]] of kept) {
      if (place.has(name) && mark !== null && markOf(name) !== null && mark !== markOf(name)) continue; // another file by now
      if (kind || text) decided.set(name, { kind, label, axis, note: text });
      else decided.delete(name);
    }
  } catch { remembered = false; }
}
recall();
// Keep these decisions, beside those that another window of this page keeps.
function remember(names) {
  try {
    const kept = stored();
    for (const name of names) {
      const one = decided.get(name);
      if (same(one, before.get(name))) delete kept[name];
      else kept[name] = one ? [one.kind, one.label, one.axis, one.note, markOf(name)] : ["", "", "", "", markOf(name)];
    }
    localStorage.setItem(KEY, JSON.stringify(kept));
    remembered = true;
  } catch { remembered = false; }
}
// Another window of this page decided something.
addEventListener("storage", event => {
  if (event.key !== KEY && event.key !== null) return;
  const names = new Set(decided.keys());
  recall();
  for (const name of decided.keys()) names.add(name);
  tally();
  for (const name of names) if (place.has(name)) dress(place.get(name));
  if (large.open) large.fill();
});
const decision = i => decided.get(data.names[i]) || EMPTY;
const carried = i => decision(i).kind && same(decided.get(data.names[i]), before.get(data.names[i]));

// Make changes [[i, decision]] as one step that `undo` takes back; an empty one takes a decision away.
function decide(changes, told) {
  const step = [];
  for (const [i, one] of changes) {
    const name = data.names[i], old = decided.get(name);
    if (same(old ?? EMPTY, one)) continue;
    step.push([name, old]);
    if (one.kind || one.note) decided.set(name, one);
    else decided.delete(name);
  }
  if (step.length) undone.push(step);
  finish(step, told);
}
function undo() {
  const step = undone.pop();
  if (!step) return say("Nothing to undo.");
  for (const [name, old] of step) {
    if (old) decided.set(name, old);
    else decided.delete(name);
  }
  finish(step, step.length === 1 ? `Undone: ${step[0][0]}` : `Undone: ${count(step.length, "decision")}`);
}
function finish(step, told) {
  remember(step.map(([name]) => name));
  tally();
  for (const [name] of step) if (place.has(name)) dress(place.get(name));
  if (large.open) large.fill();
  if (told) say(told);
}
// Decide one image; the same again takes the decision away.
function mark(i, kind, label = "") {
  const old = decision(i), again = old.kind === kind && old.label === label;
  const now = { kind: again ? "" : kind, label: again ? "" : label, axis: again ? "" : state.axis, note: old.note };
  decide([[i, now]], again ? `Not decided: ${data.names[i]}` : `${capital(kind)}${label ? ` as ${label}` : ""}: ${data.names[i]}`);
}
function annotate(i, text) {
  if (decision(i).note !== text) decide([[i, { ...decision(i), note: text }]]);
}
function tally() {
  const counts = { keep: 0, drop: 0, relabel: 0 };
  for (const one of decided.values()) if (one.kind) counts[one.kind]++;
  for (const kind of Object.keys(LISTS)) find(`count-${kind}`).textContent = grouped(counts[kind]);
  const done = counts.keep + counts.drop + counts.relabel;
  find("count-open").textContent = grouped(Math.max(0, total - done));
  find("undo").disabled = !undone.length;
  find("save").disabled = !decided.size;
  find("memory").hidden = remembered;
  document.title = `${done ? `${grouped(done)} of ` : ""}${grouped(total)} images decided`;
}
