"use strict";

(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const rows = all("[data-words]");
  const words = document.getElementById("words");
  const state = document.getElementById("state");
  const told = document.getElementById("told");

  // --- the filter: of one list at a time nothing is said, of all together how much is left -------------------------

  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = wanted.every((word) => row.dataset.words.includes(word));
      row.hidden = !fits || (state.value !== "" && !row.dataset.state.split(" ").includes(state.value));
      shown += row.hidden ? 0 : 1;
    }
    for (const part of all("[data-list]")) {
      part.hidden = !all("[data-words]", part).some((row) => !row.hidden);
    }
    const filtered = wanted.length > 0 || state.value !== "";
    if (filtered) all("details.part").forEach((part) => { part.open = true; });
    told.textContent = filtered ? `${shown} of ${rows.length} entries` : "";
  };
  const form = words.closest("form");
  form.hidden = false; // it does nothing without this script
  form.addEventListener("submit", (event) => event.preventDefault());
  words.addEventListener("input", filter);
  state.addEventListener("change", filter);
  // A browser that goes back to the page keeps what stood in its fields.
  window.addEventListener("pageshow", filter);

  // --- the strips: one stop of the tab key each, the arrows go from run to run -------------------------------------

  document.addEventListener("keydown", (event) => {
    const here = event.target.closest("ol.runs a");
    if (!here || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
    const runs = all("a", here.closest("ol"));
    const next = runs[runs.indexOf(here) + (event.key === "ArrowRight" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    here.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  // --- the parts that a phone folds, so that what fails is not far above them ---------------------------------------

  const parts = all("details.part");
  if (matchMedia("(max-width: 720px)").matches) parts.forEach((part) => { part.open = false; });
})();
