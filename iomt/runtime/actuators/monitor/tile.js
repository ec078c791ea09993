// One source on the wall: its newest picture, the results that belong to it, its figures.

import { colourOf, draw } from "./picture.js";

const RESULT_MS = 2000; // a result this far from its picture says nothing of it any more
const KEPT_RESULTS = 8; // of each analyzer, to find the one that belongs to the picture shown
const STALE_MS = 3000;
const RATE_MS = 3000;
const MOST_LABELS = 6;

const milliseconds = (captured_ns) => captured_ns / 1e6;

export class Tile {
  constructor(source, enlarge) {
    this.source = source;
    this.results = new Map(); // analyzer -> its last results, newest last
    this.drawn = []; // when pictures were drawn
    this.element = document.getElementById("tile").content.firstElementChild.cloneNode(true);
    this.find = (selector) => this.element.querySelector(selector);
    this.canvas = this.find("canvas");
    this.canvas.dataset.source = source;
    this.find("h2").textContent = source;
    this.element.setAttribute("aria-label", `Source ${source}`);
    this.element.classList.add("textual");
    this.find(".enlarge").addEventListener("click", () => enlarge(this));
    this.canvas.addEventListener("click", () => enlarge(this));
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  showPicture(header, bitmap, now) {
    if (this.header && header.captured_ns < this.header.captured_ns && now - this.drawn.at(-1) < STALE_MS) {
      bitmap.close(); // decoded after a newer one
      return;
    }
    this.bitmap?.close();
    this.bitmap = bitmap;
    this.header = header;
    this.delay = now - milliseconds(header.captured_ns);
    this.drawn.push(now);
    this.element.classList.remove("textual");
    this.canvas.style.aspectRatio = `${bitmap.width} / ${bitmap.height}`;
    this.draw();
  }

  showResult(result) {
    const kept = this.results.get(result.node) ?? [];
    kept.push(result);
    this.results.set(result.node, kept.slice(-KEPT_RESULTS));
    this.draw();
  }

  /** Of each analyzer the result whose frame is nearest to the one shown. */
  currentResults(now) {
    const shown = this.header ? milliseconds(this.header.captured_ns) : now;
    const current = [];
    for (const kept of this.results.values()) {
      const distance = (result) => Math.abs(milliseconds(result.captured_ns) - shown);
      const nearest = kept.reduce((best, result) => (distance(result) <= distance(best) ? result : best));
      if (!this.header || distance(nearest) <= RESULT_MS) {
        current.push(nearest);
      }
    }
    return current;
  }

  draw() {
    if (this.bitmap) {
      draw(this.canvas, this.bitmap, this.currentResults());
    }
  }

  /** What stands in words beside the picture; called a few times a second. */
  tell(now) {
    const results = this.currentResults(now);
    this.tellLabels(results);
    this.tellFound(results);
    this.drawn = this.drawn.filter((at) => now - at < RATE_MS || at === this.drawn.at(-1));
    this.find(".enlarge").setAttribute("aria-label", `Enlarge ${this.source}`);
    const newest = Math.max(0, ...results.map((result) => milliseconds(result.captured_ns)));
    const age = now - (this.header ? milliseconds(this.header.captured_ns) : newest);
    const silent = now - (this.header ? this.drawn.at(-1) : newest) > STALE_MS;
    this.element.classList.toggle("stale", silent);
    const what = this.header ? "picture" : "result";
    this.find(".note").textContent = !silent ? "" : newest || this.header ? `no ${what} for ${inWords(age)}` : "waiting …";
    this.find(".figures").textContent = this.header
      ? `${this.rate(now).toFixed(1)} frames/s · ${inWords(silent ? age : this.delay)}`
      : newest ? `${inWords(age)} old` : "";
  }

  rate(now) {
    const recent = this.drawn.filter((at) => now - at < RATE_MS);
    return recent.length > 1 ? ((recent.length - 1) * 1000) / Math.max(1, now - recent[0]) : 0;
  }

  tellLabels(results) {
    const list = this.find(".labels");
    const items = results.flatMap((result) => result.items.filter((item) => !item.box));
    const shown = items.sort((one, other) => other.score - one.score).slice(0, MOST_LABELS);
    list.replaceChildren(...shown.map(labelLine));
    list.hidden = shown.length === 0;
  }

  tellFound(results) {
    const counts = new Map();
    for (const item of results.flatMap((result) => result.items)) {
      if (item.box) {
        counts.set(item.label, (counts.get(item.label) ?? 0) + 1);
      }
    }
    const words = [...counts].sort().map(([label, count]) => `${count} × ${label}`).join(", ");
    this.find(".found").textContent = words;
    const said = `Camera ${this.source}: ${words || "nothing found"}`;
    if (this.canvas.getAttribute("aria-label") !== said) {
      this.canvas.setAttribute("aria-label", said);
    }
  }
}

function labelLine(item) {
  const line = document.createElement("li");
  const bar = line.appendChild(document.createElement("span"));
  bar.className = "bar";
  bar.style.width = `${Math.round(item.score * 100)}%`;
  bar.style.background = colourOf(item.label);
  const name = line.appendChild(document.createElement("span"));
  name.className = "name";
  name.textContent = item.label;
  line.appendChild(document.createElement("span")).textContent = `${Math.round(item.score * 100)}%`;
  return line;
}

function inWords(ms) {
  if (ms < 1000) {
    return `${Math.max(0, Math.round(ms / 10) * 10)} ms`;
  }
  if (ms < 60_000) {
    return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  }
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
