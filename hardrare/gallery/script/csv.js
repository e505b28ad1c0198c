// decisions.csv: file_name, decision, label, axis, note; every cell in quotes, so that no name breaks it.
// What has but a note stands there without a decision.
const COLUMNS = ["file_name", "decision", "label", "axis", "note"];
const quoted = text => `"${String(text).replaceAll('"', '""')}"`;
function csv() {
  const rows = [...decided].filter(([, one]) => one.kind || one.note).map(([name, one]) => [name, one.kind, one.label, one.axis, one.note]);
  rows.sort((a, b) => (a[0] < b[0] ? -1 : 1));
  return COLUMNS.join(",") + "\n" + rows.map(row => row.map(quoted).join(",") + "\n").join("");
}
function cells(text) {
  const rows = [];
  let row = [], cell = "", inside = false;
  for (let k = 0; k < text.length; k++) {
    const c = text[k];
    if (inside) {
      if (c !== '"') cell += c;
      else if (text[k + 1] === '"') cell += text[++k];
      else inside = false;
    } else if (c === '"') inside = true;
    else if (c === ",") { row.push(cell); cell = ""; }
    else if (c === "\n") { row.push(cell); rows.push(row); row = []; cell = ""; }
    else if (c !== "\r") cell += c;
  }
  if (cell || row.length) rows.push([...row, cell]);
  return rows;
}
// Take the decisions of a file over, as one step.
function takeOver(text) {
  const [head = [], ...rows] = cells(text.replace(/^\ufeff/, "")), at = COLUMNS.map(name => head.indexOf(name));
  if (at[0] < 0 || at[1] < 0) return say(`This is no decisions.csv: it needs the columns ${COLUMNS.join(", ")}.`);
  const changes = [];
  let foreign = 0;
  for (const row of rows) {
    const [name, kind, label, axis, text] = at.map(k => (k < 0 ? "" : row[k] ?? ""));
    if (!place.has(name) || !(LISTS[kind] || (!kind && text))) { foreign += name !== ""; continue; }
    changes.push([place.get(name), { kind, label, axis, note: text }]);
  }
  decide(changes, `Took over ${count(changes.length, "decision")}${foreign ? `; ${grouped(foreign)} of files that are not on this page stay out` : ""}.`);
}
