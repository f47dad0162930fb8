// Drawing smart crops: the frame is moved and resized by pointer or arrow keys, and written into the form's fields.
"use strict";

const LEAST = 2;

function edit(editor) {
  const image = editor.querySelector("img");
  const [area, handle, shade] = ["area", "handle", "shade"].map((part) => editor.querySelector(`.crop-${part}`));
  const field = (name) => editor.querySelector(`[name="${name}"]`);
  const read = () => ["left", "top", "width", "height"].map((name) => Number(field(name).value));
  const share = () => image.naturalWidth / image.naturalHeight / Number(editor.dataset.ratio);

  function draw() {
    const [left, top, width, height] = read();
    for (const [name, value] of Object.entries({ x: left, y: top, width, height })) area.setAttribute(name, value);
    handle.setAttribute("x", left + width - Number(handle.getAttribute("width")));
    handle.setAttribute("y", top + height - Number(handle.getAttribute("height")));
    shade.setAttribute("d", `M0 0H100V100H0ZM${left} ${top}h${width}v${height}h${-width}z`);
  }

  function write(values) {
    for (const [name, value] of Object.entries(values)) field(name).value = Math.round(value * 1000) / 1000;
    draw();
  }

  function move(left, top) {
    const [, , width, height] = read();
    write({ left: Math.min(Math.max(left, 0), 100 - width), top: Math.min(Math.max(top, 0), 100 - height) });
  }

  function resize(width) {
    const [left, top] = read();
    const kept = Math.min(Math.max(width, LEAST), 100 - left, (100 - top) / share());
    write({ width: kept, height: kept * share() });
  }

  function drag(part, begin) {
    part.addEventListener("pointerdown", (down) => {
      const box = area.ownerSVGElement.getBoundingClientRect();
      const follow = begin(read());
      const step = (now) => follow(((now.clientX - down.clientX) / box.width) * 100, ((now.clientY - down.clientY) / box.height) * 100);
      part.setPointerCapture(down.pointerId);
      part.addEventListener("pointermove", step);
      part.addEventListener("lostpointercapture", () => part.removeEventListener("pointermove", step), { once: true });
      area.focus();
      down.preventDefault();
    });
  }

  drag(area, ([left, top]) => (x, y) => move(left + x, top + y));
  drag(handle, ([, , width]) => (x) => resize(width + x));
  area.addEventListener("keydown", (event) => {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] || [0, 0];
    if (!x && !y) return;
    const [left, top, width] = read();
    if (event.shiftKey) resize(width + x - y);
    else move(left + x, top + y);
    event.preventDefault();
  });
  editor.addEventListener("input", draw);
  draw();
}

document.querySelectorAll("[data-crop]").forEach(edit);
