// What the scan proposes for an image on an axis; it never decides by itself. At most one axis has
// a proposal for an image that says more than `keep`, and none says `keep` then, so that no order of
// taking them changes what comes out: what goes gets no label, what is doubted the suggested one.
const hurt = i => Boolean(axisOf("noisy")?.member[i]);
const goes = i => kept[i] >= 0 && note("proposal", i) === "duplicate" && (hurt(i) || !hurt(kept[i])); // a copy that may go
const drops = i => hurt(i) || goes(i) || ![null, "duplicate"].includes(note("proposal", i));
const doubted = i => Boolean(axisOf("mislabeled")?.member[i]) && suggested(i) !== null;
function suggested(i) {
  const label = note("suggested", i);
  return label !== note("label", i) ? label : null;
}
function proposal(i, axis) {
  const propose = (kind, label = "") => ({ kind, label, axis, note: decision(i).note });
  const keep = () => drops(i) || doubted(i) || offered.has(i) ? null : propose("keep");
  if (axis === "duplicate") {
    if (goes(i)) return propose("drop");
    return rivals(i).some(k => k !== i && goes(k)) && repeated.has(i) ? keep() : null;
  }
  if (axis === "noisy") return axisOf(axis).member[i] ? propose("drop") : null;
  if (axis === "mislabeled") return suggested(i) !== null && !drops(i) ? propose("relabel", suggested(i)) : null;
  if (axis === PROPOSED) return offered.has(i) && !drops(i) && !doubted(i) ? propose("relabel", offered.get(i)[0]) : null;
  return axis === "hard" || axis === "rare" ? keep() : null;
}
const KEEP = `keep it, unless it is hurt or a copy${offered.size ? ", or a label is proposed" : ""}`;
const WORDS = {
  hard: KEEP, rare: KEEP, noisy: "drop it",
  duplicate: "drop copies, keep the one that stays for them unless it is hurt", mislabeled: "take the suggested label",
  [PROPOSED]: "take that label, unless the image is hurt, a copy or mislabeled",
};
// Of those of which one may stay for all, the one that someone chose.
const chosen = i => rivals(i).find(k => decision(k).kind === "keep");
// Take the proposal for this image, or for its whole group.
function takeProposal(i) {
  const of = state.axis === "duplicate" ? mates(i) : [i];
  const changes = of.map(k => [k, proposal(k, state.axis)]).filter(([, one]) => one);
  if (!changes.length) return say("There is no proposal for this image here.");
  decide(changes, `As proposed: ${changes.length === 1 ? `${changes[0][1].kind} ${data.names[i]}` : count(changes.length, "image")}`);
}
// Those shown that nobody decided. Of copies none goes where somebody decided among them by this
// axis, or where the one that stays for it was dropped.
function undecided() {
  const wanted = new Map(), copies = state.axis === "duplicate";
  for (const unit of feed.units) for (const k of copies ? mates(unit.i) : [unit.i]) {
    if (wanted.has(k) || decision(k).kind) continue;
    if (copies && (decision(stays(k)).kind === "drop" || rivals(k).some(m => decision(m).kind && decision(m).axis === state.axis))) continue;
    const one = proposal(k, state.axis);
    if (one) wanted.set(k, one);
  }
  return [...wanted];
}
// Let this one of its group stay in place of the others.
function stay(i) {
  if (group[i] < 0) return say("This image is in no group of copies.");
  const changes = rivals(i).map(k => [k, { kind: k === i ? "keep" : "drop", label: "", axis: "duplicate", note: decision(k).note }]);
  decide(changes, `Stays: ${data.names[i]}; ${count(changes.length - 1, "copy").replace("copys", "copies")} to drop`);
}
