// Keys: one table, which the help lists, too.
const now = () => (large.open ? large.i : feed.units[feed.at]?.i);
const onward = () => (large.open ? large.step(1) : feed.go(feed.at + 1));
const withImage = act => () => { const i = now(); if (i === undefined) feed.go(0); else act(i); };
const TABS = [...axes.map(a => a.name), "all images"];
const KEYS = [
  ["→ ←", "next, previous image", { ArrowRight: () => (large.open ? large.step(1) : feed.go(feed.at + 1)), ArrowLeft: () => (large.open ? large.step(-1) : feed.go(Math.max(0, feed.at - 1))) }],
  ["↓ ↑", "a row down, up", { ArrowDown: () => (large.open ? large.step(1) : feed.line(1)), ArrowUp: () => (large.open ? large.step(-1) : feed.line(-1)) }],
  ["Home End", "first, last image", { Home: () => !large.open && feed.go(0), End: () => !large.open && feed.go(feed.units.length - 1) }],
  ["k", "keep; again: not decided", { k: withImage(i => mark(i, "keep")) }],
  ["d", "drop; again: not decided", { d: withImage(i => mark(i, "drop")) }],
  ["K D", "the same, and on to the next image", { K: withImage(i => { mark(i, "keep"); onward(); }), D: withImage(i => { mark(i, "drop"); onward(); }) }],
  ["l", "relabel", { l: withImage(relabel) }],
  ["s", "this one stays of its group, its copies go", { s: withImage(stay) }],
  ["p", "decide as proposed", { p: withImage(takeProposal) }],
  ["u", "undo", { u: undo }],
  ["Enter", "large view", { Enter: () => { if (!large.open && feed.at >= 0) large.show(feed.at); } }],
  ["h", "why: the warm parts of the picture", { h: () => large.open && !find("why").hidden && large.warm(!large.hot) }],
  ["n", "note", { n: withImage(i => { if (!large.open) large.show(feed.at); find("note").focus(); }) }],
  ["c", "copy the path", { c: withImage(i => copy(data.names[i], `Copied ${data.names[i]}`)) }],
  [`1 … ${TABS.length}`, `${TABS.join(", ")}: as the tabs stand, outside the large view`, Object.fromEntries(TABS.map((_, k) => [k + 1, () => !large.open && choose(k)]))],
  ["/", "search in the paths", { "/": () => { if (!large.open) { find("filters").open = true; controls.text.focus(); } } }],
  ["Esc", "close", {}],
  ["?", "this list", { "?": () => find("help").showModal() }],
];
const acting = Object.assign({}, ...KEYS.map(one => one[2]));
for (const [keys, what] of KEYS) {
  const term = element("dt");
  keys.split(" ").forEach(one => within(term, one === "…" ? " … " : element("kbd", one), " "));
  within(find("keys"), within(element("div"), term, element("dd", what)));
}
addEventListener("keydown", event => {
  const at = event.target, typing = at.matches?.("input[type=search], input[type=text], textarea, select");
  if (event.key === "Escape" && typing && !large.open && !find("relabel").open) {
    if (at.type === "search" && at.value) { at.value = ""; at.dispatchEvent(new Event("input", { bubbles: true })); }
    return at.blur();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing || find("relabel").open || find("help").open) return;
  if (find("images").hidden && !large.open && !/^[?u1-9]$/.test(event.key)) return;
  if (["Enter", " "].includes(event.key) && at.matches?.("button, a, summary")) return;
  if (event.key.startsWith("Arrow") && at.matches?.("input[type=radio]")) return;
  const act = acting[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
