// Cards: an image, what the axis says of it, what was decided, and what to compare it with.
const axisNow = () => axisOf(state.axis) || null;

// In a word or two: what stands out about an image, whatever the axis.
function chips(i) {
  const said = [], a = state.axis;
  if (a === "duplicate" && kept[i] >= 0 && note("part", i) !== note("part", kept[i])) said.push("leak between parts");
  if (note("reason", i)) said.push(note("reason", i));
  if (a === "mislabeled" || (notes.label && a !== "duplicate")) said.push(`label: ${note("label", i) ?? "none"}`);
  if (offered.has(i) && a === PROPOSED) said.unshift(offered.get(i)[0], judged(i));
  else if (a !== "duplicate" && proposal(i, PROPOSED)) said.push(`proposed: ${offered.get(i)[0]}`);
  if (a !== "duplicate" && kept[i] >= 0) said.push("a copy");
  for (const other of a === "duplicate" ? ["rare"] : ["hard", "rare"]) if (other !== a && axisOf(other)?.member[i]) said.push(other);
  return said.filter(Boolean);
}
// Who stays of a group, and why.
function role(i) {
  if (state.axis !== "duplicate" || group[i] < 0) return "";
  if (standing(i) === 2) return chosen(i) === undefined ? "alike, stays" : decision(i).kind === "keep" ? "stays: you chose it" : "alike";
  const mine = chosen(i);
  const copied = ["copy", note("kind", i)].filter(Boolean).join(": ");
  if (mine !== undefined && mine !== stays(i)) return i === mine ? "stays: you chose it" : i === stays(i) ? "the scan would keep it" : copied;
  if (i !== stays(i)) return copied;
  const why = [...new Set(rivals(i).map(k => note("because", k)).filter(Boolean))];
  return `stays: ${why.join(", ") || "first by name"}`;
}
function decisionWords(i) {
  const { kind, label } = decision(i);
  if (!kind) return "";
  return `${kind}${label ? `: ${label}` : ""}${carried(i) ? " · applied" : ""}`;
}
function spoken(i) {
  const a = axisNow(), parts = [data.names[i]];
  if (a) parts.push(`number ${a.rank[i]} on ${a.name}`, stands(a, i));
  parts.push(role(i), ...chips(i), decisionWords(i) || "not decided", decision(i).note && "has a note");
  return parts.filter(Boolean).join(", ");
}
function acts(i) {
  const made = element("div", undefined, "acts");
  const act = (text, label, done) => {
    const one = button(text, `${label} ${data.names[i]}`, done);
    one.tabIndex = -1;
    made.append(one);
  };
  act("Keep", "Keep", () => mark(i, "keep"));
  act("Drop", "Drop", () => mark(i, "drop"));
  if (state.axis === "duplicate" && group[i] >= 0) act("This stays", "Let stay, and drop its copies:", () => stay(i));
  if (state.axis === "mislabeled" || offered.has(i)) act("Relabel", "Relabel", () => relabel(i));
  return made;
}
function card(unit) {
  const i = unit.i, a = axisNow(), made = element("article", undefined, "card", { tabindex: "-1", "data-i": i, "data-u": unit.at });
  const box = within(element("div", undefined, "box"), tile(i), element("span", undefined, "badge"), acts(i));
  // Of copies their size helps to choose, of others their place.
  const bytes = number("bytes", i), facts = [note("size", i), bytes !== null && size(bytes)].filter(Boolean).join(" · ");
  const placed = a && !(a.name === "duplicate" && group[i] >= 0);
  const head = within(element("div", undefined, "head"), placed && element("b", `#${grouped(a.rank[i])} `), placed ? stands(a, i) : facts);
  within(made, box, head, named(i), element("div", undefined, "chips"));
  made.setAttribute("aria-posinset", unit.at + 1);
  made.setAttribute("aria-setsize", feed.units.length);
  made.addEventListener("click", () => { feed.go(unit.at, false); large.show(unit.at); });
  made.addEventListener("focus", () => feed.reached(unit.at));
  clothe(made, i);
  return made;
}
// What of a card changes with a decision.
function clothe(made, i) {
  made.dataset.kind = decision(i).kind;
  const badge = made.querySelector(".badge");
  badge.textContent = badge.title = decisionWords(i);
  const chip = (text, className = "chip", title = text) => element("span", text, className, { title });
  const said = role(i) ? [chip(role(i).replace(/^copy: /, ""), role(i).startsWith("stays") ? "chip stays" : "chip", role(i))] : [];
  if (decision(i).note) said.push(chip("note", "chip", decision(i).note));
  made.querySelector(".chips").replaceChildren(...said, ...chips(i).map(text => chip(text)));
  made.setAttribute("aria-label", spoken(i));
}
function dress(i) {
  for (const k of state.axis === "duplicate" ? mates(i) : [i])
    for (const made of document.querySelectorAll(`#feed [data-i="${k}"]`)) clothe(made, k);
}

// Small pictures to compare with; a click opens them.
function minis(title, rows, className) {
  const strip = element("div", undefined, `minis ${className}`);
  for (const k of rows) {
    const one = button("", `Open ${data.names[k]}`, () => large.peek(k), "mini");
    one.tabIndex = -1;
    one.title = data.names[k];
    one.append(tile(k));
    strip.append(one);
  }
  return within(element("div", undefined, "side"), within(element("small"), ...title), strip);
}
function company(i) {
  if (state.axis === "rare") return [minis(["Most like it"], alike(i, 4), "four")];
  if (state.axis === "duplicate") return [minis(["Like it", note("similarity", i) ? ` (${note("similarity", i)})` : "", ", not confirmed"], alike(i, 1), "one")];
  if (state.axis !== "mislabeled") return [];
  const label = text => element("bdi", text);
  const given = note("label", i), other = note("suggested", i);
  const strips = [minis(["given: ", label(given ?? "none")], examples(given), "three")];
  if (other !== null && other !== given) strips.push(minis(["suggested: ", label(other)], examples(other), "three"));
  return [within(element("div", undefined, "sides"), ...strips)];
}
// How many of a group show one picture, and how many are like it.
function together(i) {
  const alone = mates(i).filter(k => standing(k) === 2).length, same = mates(i).length - alone;
  return [same && `${same} show the same picture`, alone && `${alone} ${alone === 1 ? "is" : "are"} alike`].filter(Boolean).join(", ");
}
// An item of the feed: an image, an image with its company, or a group of copies.
function itemOf(one) {
  if (one.kind === "single") return card(one.units[0]);
  const made = element("section", undefined, one.kind);
  made.style.gridColumn = `span ${one.w}`;
  const inner = element("div", undefined, "inside");
  inner.style.gridTemplateColumns = `repeat(${one.w}, minmax(0, 1fr))`;
  within(inner, ...one.units.map(card));
  if (one.kind === "company") return within(made, within(inner, ...company(one.units[0].i)));
  const first = one.units[0].i, many = mates(first).length, head = element("div", undefined, "grouphead");
  const told = `${together(first)}${onlyAlike(first) ? " and stay: look for what differs" : ""}${many > one.units.length ? `, ${one.units.length} of them here` : ""}`;
  within(head, element("span", told, undefined, { title: told }),
    many > one.units.length && button("Show all", "", () => { feed.whole.add(group[first]); feed.again(); }),
    mates(first).some(k => proposal(k, "duplicate")) && button("As proposed", `Keep the one that stays, drop its copies: ${data.names[first]}`, () => takeProposal(first)));
  return within(made, head, inner);
}
