"use strict";
// What the page knows. An image is its place among those that the page holds, 0..shown-1.
const read = id => JSON.parse(document.getElementById(id).textContent);
const data = read("data"), meaning = read("words"), scan = read("scan");
const total = data.n, shown = data.names.length;
function unpack(text, Kind) {
  const letters = atob(text), bytes = new Uint8Array(letters.length);
  for (let k = 0; k < letters.length; k++) bytes[k] = letters.charCodeAt(k);
  return new Kind(bytes.buffer);
}
const axes = data.axes.map(a => ({
  name: a.name, marked: a.marked, rank: unpack(a.rank, Int32Array),
  spread: unpack(a.spread, Float32Array), member: unpack(a.member, Uint8Array),
}));
for (const a of axes) a.order = Array.from(a.rank.keys()).sort((i, j) => a.rank[i] - a.rank[j] || i - j);
const axisOf = name => axes.find(a => a.name === name);
const group = unpack(data.group, Int32Array), kept = unpack(data.kept, Int32Array);
const lower = data.names.map(n => n.toLowerCase());
const place = new Map(data.names.map((name, i) => [name, i]));

// Labels proposed from a few that were given (`hardrare label-first --propose`): an axis of its own.
const PROPOSED = "proposed", offered = new Map(); // image to label, how sure, how many judges of three
for (const [name, one] of Object.entries(scan.proposed || {})) if (place.has(name)) offered.set(place.get(name), one);
if (offered.size) {
  const rank = new Int32Array(shown).fill(total + 1), member = new Uint8Array(shown);
  [...offered.keys()].sort((i, j) => offered.get(j)[1] - offered.get(i)[1] || i - j).forEach((i, k) => { rank[i] = k + 1; member[i] = 1; });
  axes.push({ name: PROPOSED, marked: offered.size, rank, member, spread: new Float32Array(shown).fill(NaN),
    order: Array.from(rank.keys()).sort((i, j) => rank[i] - rank[j] || i - j) });
  meaning[PROPOSED] = "a label that follows from the few that you gave; the figure is the mean probability by three judges, which nobody checked";
}
// Nothing that is estimated is certain, however it rounds.
const probable = p => (p > 0.99 ? "over 99 %" : p < 0.01 ? "under 1 %" : `${Math.round(100 * p)} %`);
const judged = i => `${offered.get(i)[2]} of 3 judges`;

const notes = {}, numbers = {}, scores = {};
for (const [name, one] of Object.entries(data.notes)) notes[name] = { words: one.words, of: unpack(one.of, Int32Array) };
for (const [name, one] of Object.entries(data.numbers)) numbers[name] = unpack(one, Float64Array);
const note = (name, i) => notes[name] && notes[name].of[i] >= 0 ? notes[name].words[notes[name].of[i]] : null;
const number = (name, i) => numbers[name] && !isNaN(numbers[name][i]) ? numbers[name][i] : null;
const score = (name, i) => (scores[name] ??= unpack(data.scores[name], Uint8Array))[i];

// Which image each resembles most: its place on this page, or its name where it is not here.
const nearest = unpack(data.nearest, Int32Array);
const likes = unpack(data.alike.rows, Int32Array);
const alike = (i, most) => Array.from(likes.subarray(i * data.alike.each, i * data.alike.each + most)).filter(k => k >= 0);
const examples = label => (label !== null && data.examples[label]) || [];

// Of a group first those that stay for others, then their copies, then what is only alike.
const repeated = new Set(kept.filter(k => k >= 0));
const standing = i => repeated.has(i) ? 0 : kept[i] >= 0 ? 1 : 2;
const members = new Map();
for (let i = 0; i < shown; i++) if (group[i] >= 0) {
  if (!members.has(group[i])) members.set(group[i], []);
  members.get(group[i]).push(i);
}
for (const rows of members.values()) rows.sort((i, j) => standing(i) - standing(j) || i - j);
const mates = i => group[i] < 0 ? [i] : members.get(group[i]);
const stays = i => (kept[i] < 0 ? i : kept[i]);
// Whether no image of its group repeats another: they agree but for a part, or mean other things.
const onlyAlike = i => mates(i).every(k => kept[k] < 0);
// Those of which one may stay for all: that show its picture, or of what is only alike the group.
const rivals = i => onlyAlike(i) ? mates(i) : mates(i).filter(k => stays(k) === stays(i));

const heat = {};
for (const [name, one] of Object.entries(data.heat)) {
  const rows = unpack(one.rows, Int32Array), warm = unpack(one.warm, Uint8Array), size = one.side * one.side;
  heat[name] = { note: one.note, side: one.side, of: new Map(Array.from(rows, (i, k) => [i, warm.subarray(k * size, (k + 1) * size)])) };
}

const percent = share => (share < 0.001 ? "< 0.1" : (100 * share).toFixed(share < 0.1 ? 1 : 0)) + " %";
const firm = (a, i) => (isNaN(a.spread[i]) ? "" : ` ± ${(100 * a.spread[i]).toFixed(1)}`);
const stands = (a, i) => a.name === PROPOSED ? (offered.has(i) ? `probability ${probable(offered.get(i)[1])}` : "nothing proposed") : a.rank[i] > total ? "no label, no place" : `top ${percent(a.rank[i] / total)}${firm(a, i)}`;
const english = new Intl.NumberFormat("en"), grouped = n => english.format(n);
const counted = (n, one, many) => `${grouped(n)} ${n === 1 ? one : many}`;
const count = (n, one) => `${grouped(n)} ${one}${n === 1 ? "" : "s"}`;
const size = bytes => bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
const capital = text => text[0].toUpperCase() + text.slice(1);
