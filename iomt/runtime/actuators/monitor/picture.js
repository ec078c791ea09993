// What is drawn over a picture: boxes with their labels, in colours that follow from the label.

/** A colour of its own for every label, the same on every page. */
export function colourOf(label) {
  let hash = 2166136261;
  for (const character of label) {
    hash = Math.imul(hash ^ character.codePointAt(0), 16777619) >>> 0;
  }
  return `hsl(${(hash % 24) * 15} 95% 62%)`;
}

/** Draw a picture and the boxes of its results over the whole canvas. */
export function draw(canvas, bitmap, results) {
  const scale = window.devicePixelRatio || 1;
  // What the picture takes of the canvas: an enlarged one has room left at its sides.
  const shown = Math.min(canvas.clientWidth, (canvas.clientHeight * bitmap.width) / bitmap.height);
  const width = Math.max(1, Math.round((shown || bitmap.width) * scale));
  const height = Math.max(1, Math.round((width * bitmap.height) / bitmap.width));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const pen = canvas.getContext("2d");
  pen.drawImage(bitmap, 0, 0, width, height);
  for (const result of results) {
    const across = width / (result.width || bitmap.width);
    const along = height / (result.height || bitmap.height);
    for (const item of result.items) {
      if (item.box) {
        drawBox(pen, item, across, along, scale);
      }
    }
  }
}

function drawBox(pen, item, across, along, scale) {
  const { xmin, ymin, xmax, ymax } = item.box;
  const [left, top] = [xmin * across, ymin * along];
  const [width, height] = [(xmax - xmin) * across, (ymax - ymin) * along];
  const colour = colourOf(item.label);
  // A dark line under the bright one keeps the box visible on any picture.
  pen.lineJoin = "round";
  pen.strokeStyle = "rgb(0 0 0 / 0.55)";
  pen.lineWidth = 5 * scale;
  pen.strokeRect(left, top, width, height);
  pen.strokeStyle = colour;
  pen.lineWidth = 2.5 * scale;
  pen.strokeRect(left, top, width, height);

  const text = `${item.label} ${Math.round(item.score * 100)}%`;
  pen.font = `600 ${13 * scale}px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif`;
  pen.textBaseline = "middle";
  const [chipWidth, chipHeight] = [pen.measureText(text).width + 10 * scale, 20 * scale];
  const above = top - chipHeight;
  const x = Math.max(0, Math.min(left - 1.25 * scale, pen.canvas.width - chipWidth));
  const y = above >= 0 ? above : Math.max(0, top);
  pen.fillStyle = colour;
  pen.fillRect(x, y, chipWidth, chipHeight);
  pen.fillStyle = "#0b0f14";
  pen.fillText(text, x + 5 * scale, y + chipHeight / 2 + 0.5 * scale);
}
