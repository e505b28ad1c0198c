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
const tip = find("tip");
function makeMap(canvas) {
  const map = data.maps[canvas.dataset.map], xy = unpack(map.xy, Uint16Array), rows = unpack(map.rows, Int32Array), pad = 26;
  let current = -1, width = 0, height = 0, order = [];
  const spot = k => [pad + xy[2 * k] / 65535 * (width - 2 * pad), height - pad - xy[2 * k + 1] / 65535 * (height - 2 * pad)];
  const axis = () => axisNow() || axes[0];
  function draw() {
    const ratio = devicePixelRatio || 1, bounds = canvas.getBoundingClientRect(), pen = canvas.getContext("2d");
    [width, height] = [bounds.width, bounds.height];
    if (!width) return;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    pen.scale(ratio, ratio);
    const a = axis(), colours = palette(), radius = rows.length < 1500 ? 3.2 : 2.4;
    order = Array.from(rows.keys()).sort((k, m) => a.rank[rows[k]] - a.rank[rows[m]]);
    pen.font = "12px system-ui, sans-serif";
    pen.fillStyle = colours.muted;
    pen.textAlign = "center";
    pen.fillText(map.across, width / 2, height - 8);
    pen.save();
    pen.translate(15, height / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(map.up, 0, 0);
    pen.restore();
    const dot = (k, passes) => {
      const [x, y] = spot(k);
      pen.globalAlpha = passes ? 0.95 : 0.3;
      pen.fillStyle = colours.at((1 - a.rank[rows[k]] / total) ** 2);
      pen.beginPath();
      pen.arc(x, y, passes ? radius + 0.8 : radius, 0, 7);
      pen.fill();
    };
    for (const passes of [false, true])
      for (let at = order.length - 1; at >= 0; at--) if (Boolean(state.passes[rows[order[at]]]) === passes) dot(order[at], passes);
    pen.globalAlpha = 1;
    if (current < 0) return;
    const [x, y] = spot(current);
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(x, y, radius + 4, 0, 7);
    pen.stroke();
  }
  function under(event) {
    const reach = event.pointerType === "touch" ? 40 : 20;
    let best = -1, least = reach * reach;
    for (let k = 0; k < rows.length; k++) {
      const [x, y] = spot(k), d = (x - event.offsetX) ** 2 + (y - event.offsetY) ** 2 + (state.passes[rows[k]] ? 0 : 40);
      if (d < least) [best, least] = [k, d];
    }
    return best;
  }
  function choose(k) {
    if (k === current) return;
    current = k;
    draw();
    if (k < 0) return void (tip.hidden = true);
    const i = rows[k], bounds = canvas.getBoundingClientRect(), [x, y] = spot(k);
    tip.replaceChildren(tile(i), element("bdi", data.names[i]), ...axes.map(a => element("small", `${a.name}: ${a.rank[i] > total ? "" : `#${a.rank[i]}, `}${stands(a, i)}`)));
    for (const text of [note("reason", i), notes.label && `label: ${note("label", i) ?? "none"}`, decisionWords(i)]) if (text) tip.append(element("small", text));
    tip.hidden = false;
    const left = bounds.left + x + 14, top = bounds.top + y + 14;
    tip.style.left = `${Math.max(8, left + 190 > innerWidth ? left - 218 : left)}px`;
    tip.style.top = `${Math.max(8, Math.min(top, innerHeight - tip.offsetHeight - 8))}px`;
  }
  const show = () => { if (current >= 0) { tip.hidden = true; large.at = -1; large.peek(rows[current]); } };
  canvas.addEventListener("pointermove", event => choose(under(event)));
  canvas.addEventListener("pointerdown", event => choose(under(event)));
  canvas.addEventListener("pointerleave", event => event.pointerType !== "touch" && choose(-1));
  canvas.addEventListener("blur", () => choose(-1));
  canvas.addEventListener("click", show);
  canvas.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step && order.length) {
      const passing = order.filter(k => state.passes[rows[k]]), all = passing.length ? passing : order, at = all.indexOf(current);
      choose(all[at < 0 ? 0 : (at + step + all.length) % all.length]);
    } else if (event.key === "Enter") show();
    else if (event.key === "Escape") choose(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { draw };
}
const maps = Array.from(document.querySelectorAll("canvas[data-map]"), makeMap);
const drawMaps = () => { if (!find("maps").hidden) maps.forEach(one => one.draw()); };
addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });
