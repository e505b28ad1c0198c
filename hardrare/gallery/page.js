"use strict";
const read = id => JSON.parse(document.getElementById(id).textContent);
const data = read("data"), meaning = read("words"), total = data.n, shown = data.names.length;
const unpack = (text, Kind) => new Kind(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
const axes = data.axes.map(a => ({ name: a.name, rank: unpack(a.rank, Int32Array), spread: unpack(a.spread, Float32Array) }));
const kept = unpack(data.kept, Int32Array), nearest = unpack(data.nearest, Int32Array);
const note = (name, i) => data.notes[name]?.[i];
const lower = data.names.map(n => n.toLowerCase());
const find = id => document.getElementById(id);
const controls = find("controls"), gallery = find("gallery"), tip = find("tip");
const STEP = 60, state = { axis: 0, share: 0.05, text: "", order: [], passes: [], drawn: 0 };
for (const a of axes) a.order = Array.from(a.rank.keys()).sort((i, j) => a.rank[i] - a.rank[j] || i - j);

// Thumbnails: decoded where they are seen; tiny ones keep their pixels.
function tile(i, name) {
  const image = new Image();
  image.loading = "lazy";
  image.decoding = "async";
  image.alt = name;
  image.className = "tile";
  image.addEventListener("load", () => image.classList.toggle("coarse", Math.max(image.naturalWidth, image.naturalHeight) < 49));
  image.src = `data:image/webp;base64,${data.thumbnails[i]}`;
  return image;
}

function element(kind, text, className) {
  const made = document.createElement(kind);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}
const percent = share => (share < 0.001 ? "< 0.1" : (100 * share).toFixed(share < 0.1 ? 1 : 0)) + " %";
const firm = (a, i) => (isNaN(a.spread[i]) ? "" : `± ${(100 * a.spread[i]).toFixed(1)}`);
const stands = (a, i) => a.rank[i] > total ? "no label, no place" : `top ${percent(a.rank[i] / total)} ${firm(a, i)}`;
const count = (n, one) => `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;

function say(text) {
  const said = find("said");
  said.textContent = text;
  said.classList.add("on");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => said.classList.remove("on"), 1800);
}
async function copy(text, told) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // an older browser, or a page that may not
    const box = element("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  say(told);
}

function figure(i, words) {
  const made = element("figure"), box = element("div", undefined, "box");
  box.append(tile(i, data.names[i]));
  made.append(box);
  if (words) made.append(element("small", words, "role"));
  made.append(element("small", data.names[i], "path"));
  const facts = [note("size", i), note("part", i) && `in ${note("part", i)}`].filter(Boolean).join(" · ");
  if (facts) made.append(element("small", facts));
  return made;
}
// What an axis says of an image, in a word or two.
function chips(a, i) {
  const said = [];
  if (a.name === "noisy") said.push(note("reason", i));
  if (a.name === "duplicate") {
    said.push(note("kind", i));
    if (kept[i] >= 0 && note("part", i) !== note("part", kept[i])) said.push("leak");
  }
  if (a.name === "mislabeled" && note("suggested", i) && note("suggested", i) !== note("label", i))
    said.push(`rather ${note("suggested", i)}`);
  return said.filter(Boolean).map(text => element("span", text, "chip"));
}
function card(i) {
  const a = axes[state.axis], item = element("li"), button = element("button", undefined, "card");
  const copied = kept[i] >= 0, other = copied ? kept[i] : nearest[i];
  const pair = a.name === "duplicate" && other >= 0, row = element("div", undefined, pair ? "row two" : "row");
  button.type = "button";
  button.title = `${data.names[i]}\nClick to copy the path`;
  const stays = pair && !copied && kept[other] === i;
  row.append(figure(i, pair ? (copied ? "copy" : stays ? "stays" : "this") : ""));
  if (pair) row.append(figure(other, copied ? `stays: ${note("because", i) || "first"}` : stays ? "its copy" : "most like it"));
  const head = element("div", undefined, "head");
  head.append(element("b", `#${a.rank[i]}`), ` top ${percent(a.rank[i] / total)} ${firm(a, i)} `, ...chips(a, i));
  button.append(row, head);
  if (a.name === "duplicate" && note("similarity", i)) button.append(element("small", `similarity ${note("similarity", i)}`));
  if (data.notes.label) button.append(element("small", `label: ${note("label", i) || "none"}`));
  button.addEventListener("click", () => copy(data.names[i], `Copied ${data.names[i]}`));
  item.append(button);
  return item;
}
function more() {
  const next = state.order.slice(state.drawn, state.drawn + STEP);
  gallery.append(...next.map(card));
  state.drawn += next.length;
  find("more").hidden = state.drawn >= state.order.length;
}
function show() {
  const form = new FormData(controls), a = axes[state.axis = Number(form.get("axis"))];
  state.share = Number(form.get("share"));
  state.text = form.get("text").toLowerCase();
  const last = Math.max(1, Math.round(state.share * total));
  state.passes = lower.map((name, i) => a.rank[i] <= last && name.includes(state.text));
  state.order = a.order.filter(i => state.passes[i]);
  state.drawn = 0;
  gallery.replaceChildren();
  gallery.className = a.name === "duplicate" ? "pairs" : "";
  find("gallery-title").textContent = a.name;
  find("meaning").textContent = meaning[a.name][0].toUpperCase() + meaning[a.name].slice(1) + ".";
  const among = state.text ? `, path holds “${form.get("text")}”` : "";
  const page = shown < total ? ` on this page, which holds ${shown.toLocaleString("en")} of ${total.toLocaleString("en")}` : "";
  find("count").textContent = state.order.length
    ? `${count(state.order.length, "image")}${page}; top ${100 * state.share} % of the axis${among}. Click one to copy its path.`
    : `No image in the top ${100 * state.share} % of the axis${among}. Choose a larger share or another text.`;
  more();
  maps.forEach(m => m.draw());
}

// Maps: points on a canvas, the highest places drawn last.
function mixed(from, to, share) {
  return from.map((v, k) => Math.round(v + (to[k] - v) * share));
}
function palette() {
  const style = getComputedStyle(document.documentElement);
  const [low, middle, high, ink, muted] = ["--low", "--middle", "--high", "--ink", "--muted"].map(name =>
    style.getPropertyValue(name).trim().match(/[0-9a-f]{2}/gi).map(h => parseInt(h, 16)));
  const at = share => share < 0.5 ? mixed(low, middle, 2 * share) : mixed(middle, high, 2 * share - 1);
  return { at: share => `rgb(${at(share).join(",")})`, ink: `rgb(${ink.join(",")})`, muted: `rgb(${muted.join(",")})` };
}
function makeMap(canvas) {
  const map = data.maps[canvas.dataset.map], xy = unpack(map.xy, Uint16Array), pad = 26;
  let current = -1, width = 0, height = 0;
  const place = i => [pad + xy[2 * i] / 65535 * (width - 2 * pad), height - pad - xy[2 * i + 1] / 65535 * (height - 2 * pad)];
  function draw() {
    const ratio = window.devicePixelRatio || 1, box = canvas.getBoundingClientRect(), pen = canvas.getContext("2d");
    [width, height] = [box.width, box.height];
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    pen.scale(ratio, ratio);
    const a = axes[state.axis], colours = palette(), size = shown < 1500 ? 3.2 : 2.4;
    pen.font = "12px system-ui, sans-serif";
    pen.fillStyle = colours.muted;
    pen.textAlign = "center";
    pen.fillText(map.across, width / 2, height - 8);
    pen.save();
    pen.translate(15, height / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(map.up, 0, 0);
    pen.restore();
    const dot = i => {
      const [x, y] = place(i);
      pen.beginPath();
      pen.arc(x, y, state.passes[i] ? size + 0.8 : size, 0, 7);
      pen.fill();
    };
    for (let k = a.order.length - 1; k >= 0; k--) {
      const i = a.order[k], share = 1 - a.rank[i] / total;
      pen.globalAlpha = state.passes[i] ? 0.95 : 0.3;
      pen.fillStyle = colours.at(share ** 2);
      if (!state.passes[i]) dot(i);
    }
    for (let k = state.order.length - 1; k >= 0; k--) {
      const i = state.order[k];
      pen.globalAlpha = 0.95;
      pen.fillStyle = colours.at((1 - a.rank[i] / total) ** 2);
      dot(i);
    }
    pen.globalAlpha = 1;
    if (current >= 0) {
      const [x, y] = place(current);
      pen.strokeStyle = colours.ink;
      pen.lineWidth = 2;
      pen.beginPath();
      pen.arc(x, y, size + 4, 0, 7);
      pen.stroke();
    }
  }
  function nearest(x, y, reach) {
    let best = -1, least = reach * reach;
    for (let i = 0; i < shown; i++) {
      const [px, py] = place(i), d = (px - x) ** 2 + (py - y) ** 2 + (state.passes[i] ? 0 : 40);
      if (d < least) [best, least] = [i, d];
    }
    return best;
  }
  function choose(i) {
    if (i === current) return;
    current = i;
    draw();
    if (i < 0) return void (tip.hidden = true);
    const box = canvas.getBoundingClientRect(), [x, y] = place(i);
    tip.replaceChildren(tile(i, data.names[i]), element("div", data.names[i]),
      ...axes.map(a => element("small", `${a.name}: #${a.rank[i]}, ${stands(a, i)}`)));
    if (data.notes.label) tip.append(element("small", `label: ${note("label", i) || "none"}`));
    if (note("reason", i)) tip.append(element("small", note("reason", i)));
    tip.hidden = false;
    const left = box.left + x + 14, top = box.top + y + 14;
    tip.style.left = `${Math.max(8, left + 190 > innerWidth ? left - 218 : left)}px`;
    tip.style.top = `${Math.max(8, Math.min(top, innerHeight - tip.offsetHeight - 8))}px`;
  }
  const under = event => nearest(event.offsetX, event.offsetY, event.pointerType === "touch" ? 40 : 20);
  canvas.addEventListener("pointermove", event => choose(under(event)));
  canvas.addEventListener("pointerdown", event => choose(under(event)));
  canvas.addEventListener("pointerleave", event => event.pointerType !== "touch" && choose(-1));
  canvas.addEventListener("blur", () => choose(-1));
  canvas.addEventListener("click", () => current >= 0 && copy(data.names[current], `Copied ${data.names[current]}`));
  canvas.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step && state.order.length) {
      const at = state.order.indexOf(current), next = at < 0 ? 0 : at + step;
      choose(state.order[(next + state.order.length) % state.order.length]);
      event.preventDefault();
    } else if (event.key === "Enter" && current >= 0) copy(data.names[current], `Copied ${data.names[current]}`);
    else if (event.key === "Escape") choose(-1);
  });
  return { draw };
}
const maps = Array.from(document.querySelectorAll("canvas[data-map]"), makeMap);

controls.addEventListener("input", show);
controls.addEventListener("submit", event => event.preventDefault());
find("more").addEventListener("click", more);
find("copy-all").addEventListener("click", () =>
  copy(state.order.map(i => data.names[i]).join("\n"), `Copied ${count(state.order.length, "path")}`));
window.addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });
new ResizeObserver(() => maps.forEach(m => m.draw())).observe(document.body);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => maps.forEach(m => m.draw()));
show();
