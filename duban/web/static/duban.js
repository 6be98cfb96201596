// Keys for those who live here (j next, k before, Enter open, x take), and finding a name while typing.
// Every page works without this file.
"use strict";

(() => {
  const rows = [...document.querySelectorAll("table[data-keys] tbody tr")];
  let at = -1;

  const stand = (n) => {
    if (!rows.length) return;
    rows[at]?.classList.remove("at");
    rows[at]?.removeAttribute("aria-selected");
    at = Math.max(0, Math.min(n, rows.length - 1));
    rows[at].classList.add("at");
    rows[at].setAttribute("aria-selected", "true");
    rows[at].scrollIntoView({ block: "nearest" });
  };

  const act = {
    j: () => stand(at + 1),
    k: () => stand(at - 1),
    Enter: () => rows[at]?.querySelector("a")?.click(),
    x: () => rows[at]?.querySelector("button[data-take]:not(:disabled)")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, button, a, summary");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !rows.length || !act[event.key]) return;
    event.preventDefault();
    act[event.key]();
  });

  for (const field of document.querySelectorAll("input[data-filter]")) {
    const groups = document.querySelectorAll(`#${field.dataset.filter} [data-group]`);
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLowerCase();
      for (const group of groups) {
        let any = false;
        for (const item of group.querySelectorAll("[data-item]")) {
          item.hidden = !item.dataset.item.toLowerCase().includes(wanted);
          any ||= !item.hidden;
        }
        group.hidden = !any;
      }
    });
  }

  // a form sent twice by a double click is answered "already done": press once
  for (const form of document.querySelectorAll("form.fill")) {
    form.addEventListener("submit", () => {
      for (const button of form.querySelectorAll("button")) setTimeout(() => (button.disabled = true));
    });
  }

  document.querySelector(".wrong input, .wrong select, .wrong textarea")?.focus();
})();
