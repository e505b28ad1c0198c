// Pictures: out of blocks of text at the end of the page, looked into where a picture is seen.
function store(name) {
  const pack = data[name], slot = unpack(pack.slot, Int32Array), lengths = unpack(pack.lengths, Int32Array);
  const start = new Int32Array(lengths.length); // within its block
  for (let k = 1; k < lengths.length; k++) start[k] = k % pack.block ? start[k - 1] + lengths[k - 1] : 0;
  return {
    has: i => lengths[slot[i]] > 0,
    // The picture as an address, or null while the browser still reads its block.
    address(i) {
      const block = find(`${name}-${Math.floor(slot[i] / pack.block)}`);
      if (!block || (document.readyState === "loading" && !block.nextElementSibling)) return null;
      return `data:image/webp;base64,${block.firstChild.data.substr(start[slot[i]], lengths[slot[i]])}`;
    },
  };
}
const small = store("thumbnails"), larger = store("larger");
const waiting = new Set();
function tile(i, className = "tile", alt = "") {
  const image = element("img", undefined, className, { alt, decoding: "async", draggable: "false" });
  image.addEventListener("load", () => image.classList.toggle("coarse", Math.max(image.naturalWidth, image.naturalHeight) < 49));
  const address = small.address(i);
  if (address) image.src = address;
  else waiting.add([image, i]);
  return image;
}
const waited = setInterval(() => {
  for (const one of waiting) {
    const address = small.address(one[1]);
    if (!address) continue;
    one[0].src = address;
    waiting.delete(one);
  }
  if (document.readyState !== "loading" && !waiting.size) clearInterval(waited);
}, 40);

// The file itself, where the page lies beside it and a browser can show it. Names stand escaped as
// in scores.csv: \n, \x07, \u0085 are letters, \xe9 and above single bytes that are no UTF-8.
const SHOWN = new Set(["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF", "MPO"]);
const LETTERS = { "\\": "\\", n: "\n", r: "\r", t: "\t" };
function encoded(name) {
  const letter = text => encodeURIComponent(text).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16)}`);
  return name.replace(/\\(\\|n|r|t|x[0-9a-f]{2}|u[0-9a-f]{4})|([^\\/]+)/g, (whole, code, plain) => {
    if (plain !== undefined) return letter(plain);
    if (code.length === 1) return letter(LETTERS[code]);
    const value = parseInt(code.slice(1), 16);
    return code[0] === "x" && value >= 0x80 ? `%${code.slice(1)}` : letter(String.fromCharCode(value));
  });
}
// A browser logs an error where a file is asked for that is not there, and has no other way to find
// out. So files are asked for where the page lies where the scan made it; a page that was moved
// asks when somebody presses the button.
// `scan.page` is the FNV-1a hash of that place, so that a page tells nobody its folder.
function hashed(path) {
  let hash = 0x811c9dc5;
  for (const byte of unescape(path)) hash = Math.imul(hash ^ byte.charCodeAt(0), 0x01000193) >>> 0;
  return hash;
}
const files = { found: 0, missing: 0, asked: hashed(location.pathname) === scan.page };
const hasFile = i => typeof scan.source === "string" && SHOWN.has(note("format", i)) && (!files.missing || files.found > 0);
const fileOf = i => (hasFile(i) && files.asked ? `${scan.source}/${encoded(data.names[i])}` : null);
// Fill an image with the best picture there is: a kept copy at once, then the file.
function best(image, i, told) {
  image.src = (larger.has(i) && larger.address(i)) || small.address(i) || "data:,";
  told(larger.has(i) ? "a copy of at most 320 pixels" : "the thumbnail");
  const file = fileOf(i);
  if (!file) return;
  const whole = new Image();
  whole.onload = () => {
    files.found++;
    if (image.dataset.of !== String(i)) return;
    image.src = file;
    told("the file itself");
  };
  whole.onerror = () => { files.missing++; told(`${larger.has(i) ? "a copy of at most 320 pixels" : "the thumbnail"}; the file is not beside this page`); };
  whole.src = file;
}
