// What the scan proposes for an image on an axis; it never decides by itself.
function proposal(i, axis) {
  const propose = (kind, label = "") => ({ kind, label, axis, note: decision(i).note });
  if (axis === "duplicate") {
    if (group[i] < 0) return null;
    return propose(kept[i] >= 0 && note("proposal", i) === "duplicate" ? "drop" : "keep");
  }
  if (axis === "noisy") return axisOf(axis).member[i] ? propose("drop") : null;
  if (axis === "mislabeled") {
    const label = note("suggested", i);
    return label !== null && label !== note("label", i) ? propose("relabel", label) : null;
  }
  if (axis === PROPOSED) return offered.has(i) ? propose("relabel", offered.get(i)[0]) : null;
  // What is hurt or a copy is not kept for being hard or rare: nothing is proposed then.
  return (axis === "hard" || axis === "rare") && !axisOf("noisy")?.member[i] && kept[i] < 0 ? propose("keep") : null;
}
const WORDS = {
  hard: "keep it, unless it is hurt or a copy", rare: "keep it, unless it is hurt or a copy", noisy: "drop it",
  duplicate: "keep the one that stays, drop its copies", mislabeled: "take the suggested label",
  [PROPOSED]: "take that label",
};
// Of a group of which someone already chose, what stays by that choice.
const chosen = i => mates(i).find(k => decision(k).kind === "keep");
// Take the proposal for this image, or for its whole group.
function takeProposal(i) {
  const of = state.axis === "duplicate" ? mates(i) : [i];
  const changes = of.map(k => [k, proposal(k, state.axis)]).filter(([, one]) => one);
  if (!changes.length) return say("There is no proposal for this image here.");
  decide(changes, `As proposed: ${changes.length === 1 ? `${changes[0][1].kind} ${data.names[i]}` : count(changes.length, "image")}`);
}
// Those shown that nobody decided, and of groups only those of which no image is decided.
function undecided() {
  const wanted = new Map();
  for (const unit of feed.units) for (const k of state.axis === "duplicate" ? mates(unit.i) : [unit.i]) {
    if (wanted.has(k) || (state.axis === "duplicate" ? mates(k).some(m => decision(m).kind) : decision(k).kind)) continue;
    const one = proposal(k, state.axis);
    if (one) wanted.set(k, one);
  }
  return [...wanted];
}
// Let this one of its group stay in place of the others.
function stay(i) {
  if (group[i] < 0) return say("This image is in no group of copies.");
  const changes = mates(i).map(k => [k, { kind: k === i ? "keep" : "drop", label: "", axis: "duplicate", note: decision(k).note }]);
  decide(changes, `Stays: ${data.names[i]}; ${count(changes.length - 1, "copy").replace("copys", "copies")} to drop`);
}
