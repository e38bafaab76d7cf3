// Renews the report in place while the series runs: what the reader has opened stays open, and the
// place on the page stays. Written without the characters that XML reserves.
"use strict";

const BETWEEN_MILLIS = 5000;

function nameOf(details) {
  const section = details.closest("section");
  return section.id + " " + Array.from(section.querySelectorAll("details")).indexOf(details);
}

function replace(part, next) {
  const shown = document.querySelector(part);
  const fresh = next.querySelector(part);
  const open = new Set(Array.from(shown.querySelectorAll("details[open]"), nameOf));
  fresh.querySelectorAll("details").forEach(details => {
    details.open = open.has(nameOf(details));
  });
  if (shown.innerHTML !== fresh.innerHTML) {
    shown.innerHTML = fresh.innerHTML;
  }
}

async function renew() {
  try {
    const answer = await fetch("/", {cache: "no-store"});
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    replace("header", next);
    replace("main", next);
  } catch (gone) {
    document.getElementById("live").textContent =
      "Nobody serves this page any more; it stays as it was last.";
  }
  if (document.getElementById("live").dataset.renew === "true") {
    setTimeout(renew, BETWEEN_MILLIS);
  }
}

setTimeout(renew, BETWEEN_MILLIS);
