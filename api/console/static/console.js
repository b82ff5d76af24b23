// Times by the reader's own clock, how long is left, and a key that goes to the search.
"use strict";

const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const left = new Intl.RelativeTimeFormat(language, { numeric: "always" });
const MINUTE = 60_000;

for (const place of document.querySelectorAll("[data-at]")) {
  place.textContent = `${clock.format(new Date(place.dataset.at))} ${zone}`;
}

function count() {
  for (const place of document.querySelectorAll("[data-until]")) {
    const minutes = Math.round((new Date(place.dataset.until) - Date.now()) / MINUTE);
    const [number, unit] = Math.abs(minutes) < 60 ? [minutes, "minute"] : Math.abs(minutes) < 2880 ? [Math.round(minutes / 60), "hour"] : [Math.round(minutes / 1440), "day"];
    place.textContent = left.format(number, unit);
    place.classList.toggle("over", minutes < 0);
  }
}
count();
setInterval(count, MINUTE / 2);

document.addEventListener("keydown", (pressed) => {
  const first = document.querySelector("[data-first]");
  const writes = pressed.target instanceof Element && pressed.target.closest("input, select, textarea, [contenteditable]");
  if (pressed.key === "/" && first && !writes && !pressed.ctrlKey && !pressed.metaKey && !pressed.altKey) {
    pressed.preventDefault();
    first.focus();
    first.select();
  }
});
