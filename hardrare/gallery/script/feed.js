// The feed: thousands of images in rows of which only those near the window exist.
// An item is an image or several side by side, `w` columns wide and `lines` lines high; a unit is
// an image that the keyboard can reach.
const SHOWN_OF_GROUP = 24, GAP = 12, NEAR = 900; // pixels beyond the window that are there
const feed = { list: find("feed"), items: [], units: [], rows: [], made: new Map(), at: -1, whole: new Set(), cols: 0 };

// Lay some images out anew; the one that was reached stays reached where it is still there.
feed.lay = function (order) {
  const was = feed.units[feed.at]?.i, groups = new Set();
  feed.order = order;
  feed.items = [];
  for (const i of order) {
    if (state.axis === "duplicate" && group[i] >= 0) {
      if (groups.has(group[i])) continue;
      groups.add(group[i]);
      const all = mates(i), some = feed.whole.has(group[i]) ? all : all.slice(0, SHOWN_OF_GROUP);
      feed.items.push({ kind: "group", ids: some });
    } else feed.items.push({ kind: ["rare", "mislabeled", "duplicate"].includes(state.axis) ? "company" : "single", ids: [i] });
  }
  feed.units = [];
  for (const one of feed.items) {
    one.units = one.ids.map((i, k) => ({ i, at: feed.units.length + k, item: one }));
    feed.units.push(...one.units);
  }
  feed.at = feed.units.findIndex(unit => unit.i === was);
  feed.arrange();
};
feed.again = () => feed.lay(feed.order);
// Fill rows with items, as many columns as fit.
feed.arrange = function () {
  const em = parseFloat(getComputedStyle(document.documentElement).fontSize), width = feed.list.clientWidth;
  const cols = feed.cols = Math.max(2, Math.floor((width + GAP) / ((width < 560 ? 9 : 11.5) * em + GAP)));
  const cell = feed.cell = Math.round((width - GAP * (cols - 1)) / cols * 0.75 + 5.6 * em);
  feed.rows = [];
  let row = null, top = 0, used = 0;
  for (const one of feed.items) {
    one.w = Math.min(cols, one.kind === "single" ? 1 : Math.max(2, one.units.length));
    one.height = Math.ceil(one.units.length / one.w) * (cell + GAP) - GAP + (one.kind === "group" ? 2.6 * em : 0);
    if (!row || used + one.w > cols) {
      if (row) top += row.height + GAP;
      feed.rows.push(row = { top, height: 0, items: [], units: [] });
      used = 0;
    }
    one.units.forEach((unit, k) => { unit.row = feed.rows.length - 1; unit.line = Math.floor(k / one.w); unit.x = used + (k % one.w); });
    row.items.push(one);
    row.units.push(...one.units);
    row.height = Math.max(row.height, one.height);
    used += one.w;
  }
  feed.list.style.height = `${row ? top + row.height : 0}px`;
  feed.list.style.setProperty("--cell", `${cell}px`);
  feed.list.style.setProperty("--cols", cols);
  feed.made.clear();
  feed.list.replaceChildren();
  feed.draw();
};
// The rows near the window come, those far from it go.
feed.draw = function () {
  const from = -feed.list.getBoundingClientRect().top, low = from - NEAR, high = from + innerHeight + NEAR;
  let first = 0, last = feed.rows.length;
  while (first < last) { // the first row that ends below `low`
    const middle = (first + last) >> 1;
    if (feed.rows[middle].top + feed.rows[middle].height < low) first = middle + 1; else last = middle;
  }
  const wanted = new Set();
  for (let k = first; k < feed.rows.length && feed.rows[k].top < high; k++) wanted.add(k);
  for (const [k, made] of feed.made) if (!wanted.has(k) && !made.contains(document.activeElement)) { made.remove(); feed.made.delete(k); }
  for (const k of wanted) if (!feed.made.has(k)) feed.put(k);
};
feed.put = function (k) {
  const row = feed.rows[k], made = element("div", undefined, "cells", { role: "presentation" });
  made.style.transform = `translateY(${row.top}px)`;
  within(made, ...row.items.map(itemOf));
  // Rows stand in their order, for whoever reads or tabs through them.
  const after = [...feed.made.keys()].filter(one => one > k);
  feed.list.insertBefore(made, after.length ? feed.made.get(Math.min(...after)) : null);
  feed.made.set(k, made);
  for (const unit of row.units) if (unit.at === Math.max(feed.at, 0)) made.querySelector(`[data-u="${unit.at}"]`).tabIndex = 0;
};
// A unit was reached, by whatever means.
feed.reached = function (at) {
  for (const one of feed.list.querySelectorAll('article[tabindex="0"], article.current')) { one.tabIndex = -1; one.classList.remove("current"); }
  feed.at = at;
  const made = feed.list.querySelector(`[data-u="${at}"]`);
  if (made) { made.tabIndex = 0; made.classList.add("current"); }
  find("at").textContent = feed.units.length ? `${grouped(at + 1)} of ${grouped(feed.units.length)}` : "";
};
// Go to a unit: its row comes into view, and the keyboard is there.
feed.go = function (at, focus = true) {
  if (!feed.units.length) return;
  at = Math.max(0, Math.min(feed.units.length - 1, at));
  const unit = feed.units[at], row = feed.rows[unit.row], bar = find("controls").offsetHeight;
  const head = unit.item.kind === "group" ? row.height - Math.ceil(unit.item.units.length / unit.item.w) * (feed.cell + GAP) + GAP : 0;
  const top = feed.list.getBoundingClientRect().top + row.top + (unit.line ? head + unit.line * (feed.cell + GAP) : 0);
  const bottom = feed.list.getBoundingClientRect().top + row.top + Math.max(0, head) + (unit.line + 1) * (feed.cell + GAP);
  if (getComputedStyle(find("controls")).position === "sticky" ? top < bar + GAP : top < GAP) scrollBy(0, top - bar - GAP);
  else if (bottom > innerHeight - GAP) scrollBy(0, bottom - innerHeight + GAP);
  feed.draw();
  if (focus) feed.list.querySelector(`[data-u="${at}"]`)?.focus({ preventScroll: true });
  feed.reached(at);
};
// One line up or down, to the image that lies nearest across.
feed.line = function (step) {
  const unit = feed.units[feed.at];
  if (!unit) return feed.go(0);
  const mine = feed.rows[unit.row].units.filter(one => one.line === unit.line + step && (one.item === unit.item || step > 0));
  let near = mine.length && unit.item.units.some(one => mine.includes(one)) ? mine.filter(one => one.item === unit.item) : [];
  if (!near.length) {
    const row = feed.rows[unit.row + step];
    if (!row) return;
    near = step > 0 ? row.units.filter(one => one.line === 0) : row.units.filter(one => one.line === Math.max(...one.item.units.map(u => u.line)));
  }
  const best = near.reduce((a, b) => (Math.abs(b.x - unit.x) < Math.abs(a.x - unit.x) ? b : a));
  feed.go(best.at);
};
let drawing = false;
addEventListener("scroll", () => {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => { drawing = false; feed.draw(); });
}, { passive: true });
