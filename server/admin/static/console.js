// What pages gain from a script: times in the reader's zone, that zone in forms, and parts that keep themselves up to date. All else is HTML.
"use strict";

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

function showTimes(within) {
  for (const element of within.querySelectorAll("time[datetime]:not([data-shown])")) {
    const moment = new Date(element.dateTime);
    element.title = `${exact.format(moment)} (${element.title})`;
    element.textContent = time.format(moment);
    element.dataset.shown = "";
  }
}

async function refresh(part) {
  const answer = await fetch(part.dataset.live, { headers: { "X-Requested-With": "console" }, redirect: "manual" });
  if (answer.status === 401) return location.reload();
  if (!answer.ok) return follow(part);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-part]");
  const isInUse = part.contains(document.activeElement) || part.querySelector("input:checked") || isSelecting(part);
  if (!fresh || isInUse) return follow(part);
  showTimes(fresh);
  part.replaceWith(document.adoptNode(fresh));
  follow(fresh);
}

function isSelecting(part) {
  const selection = getSelection();
  return !selection.isCollapsed && part.contains(selection.anchorNode);
}

function follow(part) {
  if (!part.dataset.live) return;
  const wait = () => (document.hidden ? setTimeout(wait, 1000) : refresh(part).catch(() => follow(part)));
  setTimeout(wait, Number(part.dataset.every || 3) * 1000);
}

// A link to another page of assets takes along what is ticked on this one, as the buttons do.
function carry(event) {
  const link = event.target.closest("a[data-carry]");
  const form = document.getElementById("pick");
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!link || !form || !isPlain || ![...form.elements].some((field) => field.checked)) return;
  event.preventDefault();
  form.action = link.href;
  form.submit();
}

document.addEventListener("click", carry);
showTimes(document);
document.querySelectorAll("[data-own-zone]").forEach((field) => { field.value = time.resolvedOptions().timeZone || field.value; });
document.querySelector(".nav-list [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.querySelectorAll("[data-part]").forEach(follow);
