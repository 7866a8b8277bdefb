"use strict";
// What every page may use. Pages work without it; it only spares a reload.

// What a part that was asked for anew says for a place outside itself, such as the state in the page's head.
function fillSlots(box) {
  for (const part of box.querySelectorAll("template[data-into]")) {
    document.querySelector(`[data-slot="${part.dataset.into}"]`)?.replaceChildren(part.content);
  }
}

// A page that shows work in progress names a JSON address and how often to ask it (milliseconds).
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("[data-refresh]")) {
    const every = Number(box.dataset.every || 2000);
    const ask = async () => {
      let next = every;
      try {
        const answer = await fetch(box.dataset.refresh, { headers: { Accept: "text/html" }, credentials: "same-origin" });
        if (answer.redirected) return; // logged out
        if (answer.headers.has("X-Go-To")) return void window.location.assign(answer.headers.get("X-Go-To"));
        if (answer.ok && answer.status === 200) {
          const text = await answer.text();
          if (text !== box.dataset.last) {
            box.dataset.last = text;
            const open = [...box.querySelectorAll("details")].map((detail) => detail.open);
            const focused = box.contains(document.activeElement);
            if (!focused) { // never pull the page from under a reader's keys
              box.innerHTML = text;
              fillSlots(box);
            }
            else delete box.dataset.last;
            box.querySelectorAll("details").forEach((detail, place) => { detail.open = open[place] ?? false; });
          }
          if (answer.headers.get("X-Settled") === "1") return;
          next = Number(answer.headers.get("X-Every")) || every; // seldom while nothing is under way
        }
      } catch {
        next = every * 3; // the portal restarts or the line is down
      }
      window.setTimeout(ask, next);
    };
    window.setTimeout(ask, every);
  }
});

// A second click on a button that acts must not act twice while the first is under way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.busy) {
    if (form.dataset.busy) event.preventDefault();
    return;
  }
  form.dataset.busy = "1";
  window.setTimeout(() => delete form.dataset.busy, 5000);
});

// Fields that are looked up while they are typed: the answer is a fragment of HTML beneath them.
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("[data-check]")) {
    const fields = box.dataset.fields.split(" ").map((name) => box.closest("form").elements[name]).filter(Boolean);
    let timer = 0;
    let asked = "";
    const ask = async () => {
      const query = new URLSearchParams(fields.map((field) => [field.name, field.value])).toString();
      if (query === asked) return;
      asked = query;
      const answer = await fetch(`${box.dataset.check}?${query}`, { credentials: "same-origin" });
      if (answer.ok && query === asked) box.innerHTML = await answer.text();
    };
    const later = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, 400);
    };
    for (const field of fields) field.addEventListener("input", later);
    for (const field of fields) field.addEventListener("change", later);
    if (fields.every((field) => field.value)) ask();
  }
});

// Long parts come after the page, what is folded when it is unfolded, older entries under the last: each is a fragment
// of HTML. Without this script the same places hold links.
const fragment = async (address) => {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  return answer.ok && !answer.redirected ? answer.text() : null;
};
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("[data-load]")) {
    fragment(box.dataset.load).then((text) => { if (text !== null) box.innerHTML = text; }).catch(() => {}); // the link stays
  }
});
document.addEventListener("toggle", (event) => {
  const detail = event.target;
  if (!detail.open || !detail.dataset.unfold || detail.dataset.unfolded) return;
  detail.dataset.unfolded = "1";
  fragment(detail.dataset.unfold).then((text) => { if (text !== null) detail.querySelector("div").innerHTML = text; }).catch(() => delete detail.dataset.unfolded);
}, true);
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
  const link = event.target.closest("[data-append]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  fragment(link.dataset.append).then((text) => {
    if (text === null) return void window.location.assign(link.href);
    const place = link.closest(".more");
    place.insertAdjacentHTML("afterend", text);
    place.remove();
  }).catch(() => window.location.assign(link.href));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A button that copies a draft; without a clipboard it stays hidden, and the text can be selected.
document.addEventListener("DOMContentLoaded", () => {
  for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      button.querySelector("[aria-live]").textContent = button.dataset.done;
    });
  }
});
