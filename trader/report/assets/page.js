// Wakes the page: draws the charts, and lets the columns of tables be sorted.
"use strict";

(() => {
  const number = (text) => {
    const value = Number.parseFloat(text.replace(/[,\s%×]/g, "").replace("–", "NaN"));
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  };

  function sort(head, at) {
    const table = head.closest("table");
    const numeric = head.classList.contains("n");
    const rows = [...table.tBodies[0].rows];
    const falling = head.getAttribute("aria-sort") !== "descending" && (numeric || head.hasAttribute("aria-sort"));
    const key = (row) => row.cells[at].dataset.v ?? row.cells[at].textContent;
    rows.sort((a, b) => (numeric ? number(key(a)) - number(key(b)) : key(a).localeCompare(key(b), "en", { numeric: true })));
    if (falling) rows.reverse();
    table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", falling ? "descending" : "ascending");
    table.tBodies[0].append(...rows);
  }

  document.querySelectorAll("table.sorts thead th").forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(head, head.cellIndex));
    head.replaceChildren(button);
  });

  Charts.draw(JSON.parse(document.getElementById("points").textContent));
})();
