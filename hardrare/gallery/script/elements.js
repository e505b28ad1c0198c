// Making elements; texts always go in as text, never as HTML.
const find = id => document.getElementById(id);
function element(kind, text, className, attributes = {}) {
  const made = document.createElement(kind);
  if (text !== undefined && text !== null) made.textContent = text;
  if (className) made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
function within(parent, ...children) {
  parent.append(...children.filter(one => one !== null && one !== undefined && one !== false && one !== ""));
  return parent;
}
// A file's name, kept apart from what stands beside it: it may run from right to left.
const named = (i, className = "path") => element("bdi", data.names[i], className, { title: data.names[i] });
function button(text, label, act, className) {
  const made = element("button", text, className, { type: "button" });
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", event => { event.stopPropagation(); act(event); });
  return made;
}
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
function save(text, name, kind) {
  const link = element("a", undefined, undefined, { download: name });
  link.href = URL.createObjectURL(new Blob([text], { type: kind }));
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
