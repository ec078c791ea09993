// The page: one WebSocket, a tile for every source, and the way back after a lost connection.

import { Tile } from "./tile.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

const wall = document.getElementById("wall");
const state = document.getElementById("state");
const tiles = new Map();
const postponed = []; // pictures that came while the page was hidden
const decoder = new TextDecoder();
let pause = FIRST_PAUSE_MS;
let ahead = 0; // how far the server's clock is ahead of ours, ms

const now = () => Date.now() + ahead;

function connect() {
  const address = new URL("live", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    pause = FIRST_PAUSE_MS;
    tellState("live", "live");
  };
  socket.onmessage = ({ data }) => (typeof data === "string" ? takeText(JSON.parse(data)) : takeFrame(socket, data));
  socket.onclose = () => {
    postponed.length = 0;
    tellState("lost", `connection lost, trying again every ${Math.ceil(pause / 1000)} s`);
    setTimeout(connect, pause);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
  };
}

function takeText(message) {
  if (message.type === "hello") {
    ahead = message.now_ms - Date.now();
    document.title = `${message.title} · iomt`;
    document.getElementById("title").textContent = message.title;
    message.sources.forEach(tileOf);
  } else if (message.type === "result") {
    tileOf(message.source).showResult(message);
  }
}

function takeFrame(socket, data) {
  const length = new DataView(data).getUint32(0);
  const header = JSON.parse(decoder.decode(new Uint8Array(data, 4, length)));
  // What was on its way the shortest tells the server's clock best.
  ahead = Math.max(ahead, header.now_ms - Date.now());
  const picture = new Blob([new Uint8Array(data, 4 + length)], { type: "image/jpeg" });
  const show = async () => {
    try {
      tileOf(header.source).showPicture(header, await createImageBitmap(picture), now());
    } catch (error) {
      console.warn(`a picture of ${header.source} cannot be shown: ${error}`);
    }
    // The server sends the next picture only now: a slow page gets fewer, not later ones.
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify({ type: "drawn", source: header.source }));
    }
  };
  if (document.hidden) {
    postponed.push(show); // not acknowledged, so that a hidden page costs no bandwidth
  } else {
    show();
  }
}

function tileOf(source) {
  let tile = tiles.get(source);
  if (!tile) {
    tile = new Tile(source, enlarge);
    tiles.set(source, tile);
    document.getElementById("empty")?.remove();
    const next = [...tiles.keys()].sort().find((other) => other > source);
    wall.insertBefore(tile.element, next ? tiles.get(next).element : null);
  }
  return tile;
}

function enlarge(chosen) {
  const large = chosen !== undefined && !chosen.element.classList.contains("large");
  wall.classList.toggle("one", large);
  for (const tile of tiles.values()) {
    const isLarge = large && tile === chosen;
    tile.element.classList.toggle("large", isLarge);
    tile.find(".enlarge").setAttribute("aria-pressed", String(isLarge));
  }
}

function tellState(word, text) {
  state.dataset.state = word;
  state.textContent = text;
}

function tell() {
  for (const tile of tiles.values()) {
    tile.tell(now());
  }
  const cameras = [...tiles.values()].filter((tile) => tile.header);
  const total = cameras.reduce((sum, tile) => sum + tile.rate(now()), 0);
  document.getElementById("summary").textContent = cameras.length
    ? `${cameras.length} ${cameras.length === 1 ? "camera" : "cameras"} · ${total.toFixed(0)} frames/s`
    : "";
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    postponed.splice(0).forEach((show) => show());
  }
});
document.addEventListener("keydown", ({ key }) => key === "Escape" && enlarge());
setInterval(tell, 400);
connect();
