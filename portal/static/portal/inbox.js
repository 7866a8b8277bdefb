"use strict";
// The inbox by keyboard, drafts that are kept while they are written, and marks on what was opened. Without this script
// the same is done by links and buttons.
(() => {
  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const tell = (address, fields) => fetch(address, {
    method: "POST", credentials: "same-origin", redirect: "manual",
    headers: { "X-CSRFToken": token(), "X-Quiet": "1" }, body: new URLSearchParams(fields),
  });

  const rows = () => [...document.querySelectorAll("[data-inbox-list] [data-row]")];
  function move(step) {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => row === document.activeElement);
    const open = all.findIndex((row) => row.getAttribute("aria-current") === "true");
    const from = now >= 0 ? now : open >= 0 ? open : step > 0 ? -1 : all.length;
    all[Math.min(Math.max(from + step, 0), all.length - 1)].focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && typing) return void event.target.blur();
    if (typing) return;
    const reply = document.getElementById("reply");
    if (event.key === "j" || event.key === "ArrowDown") move(1);
    else if (event.key === "k" || event.key === "ArrowUp") move(-1);
    else if (event.key === "r" && reply) reply.focus();
    else return;
    event.preventDefault();
  });

  document.addEventListener("DOMContentLoaded", () => {
    const seen = document.querySelector("form[data-seen]");
    if (seen) tell(seen.action, {}).then((answer) => { if (answer.ok) seen.remove(); }).catch(() => {}); // the button stays
    const field = document.querySelector("textarea[data-draft]");
    if (!field) return;
    const state = document.querySelector("[data-draft-state]");
    let timer = 0, kept = field.value, sending = false;
    const keep = async () => {
      if (sending || field.value === kept) return;
      const text = field.value;
      const answer = await tell(field.dataset.draft, { text }).catch(() => null);
      if (answer?.ok) kept = text;
      state.textContent = answer?.ok ? field.dataset.kept : "";
    };
    field.addEventListener("input", () => {
      state.textContent = "";
      window.clearTimeout(timer);
      timer = window.setTimeout(keep, 700);
    });
    field.form.addEventListener("submit", () => { sending = true; window.clearTimeout(timer); });
    window.addEventListener("pagehide", () => {
      if (sending || field.value === kept || !navigator.sendBeacon) return;
      const form = new FormData();
      form.set("csrfmiddlewaretoken", token());
      form.set("text", field.value);
      navigator.sendBeacon(field.dataset.draft, form);
    });
  });
})();
