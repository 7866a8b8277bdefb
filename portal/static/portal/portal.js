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

// On a narrow screen tabs scroll sideways: show the one that is open.
document.addEventListener("DOMContentLoaded", () => {
  for (const tab of document.querySelectorAll(".tab[aria-current]")) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 32;
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

// What was looked up is put into the fields that the button names.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[type=button]");
  const wanted = Object.entries(button?.dataset ?? {}).filter(([name]) => name.startsWith("fill"));
  for (const [name, value] of wanted) {
    const field = button.closest("form").elements[name.slice(4).toLowerCase()];
    if (field) field.value = value;
  }
  if (wanted.length) button.closest("form").elements[wanted[0][0].slice(4).toLowerCase()]?.focus();
});

// Many files go in portions, one after the other; folders that are dropped are opened. Without this script the form
// itself sends what was chosen.
const PORTION_FILES = 50;
const PORTION_BYTES = 16 * 2 ** 20;
const filesBehind = async (entry, folder = "") => {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ path: folder + entry.name, file }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) { // a reader gives a hundred at a time
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    for (const inner of some) found.push(...await filesBehind(inner, `${folder}${entry.name}/`));
  }
};
const portionsOf = (files) => {
  const portions = [[]];
  let size = 0;
  for (const one of files) {
    const last = portions.at(-1);
    if (last.length && (last.length >= PORTION_FILES || size + one.file.size > PORTION_BYTES)) {
      portions.push([one]);
      size = one.file.size;
    } else {
      last.push(one);
      size += one.file.size;
    }
  }
  return portions;
};
document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("[data-portions]")) {
    const input = form.querySelector("[data-drop]");
    const state = form.querySelector("[data-portions-state]");
    const bar = state.querySelector("[role=progressbar]");
    const words = state.querySelector("p");
    let dropped = null;
    input.addEventListener("change", () => { dropped = null; });
    form.addEventListener("dragover", (event) => event.preventDefault());
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
      if (!entries.some((entry) => entry.isDirectory)) {
        input.files = event.dataTransfer.files;
        dropped = null;
        return;
      }
      dropped = Promise.all(entries.map((entry) => filesBehind(entry))).then((lists) => lists.flat());
      dropped.then((files) => {
        state.hidden = false;
        words.textContent = `${files.length}: ${entries.map((entry) => entry.name).join(", ")}`;
      });
    });
    const show = (done, all) => {
      state.hidden = false;
      const percent = Math.floor((100 * done) / all);
      bar.setAttribute("aria-valuenow", percent);
      bar.firstElementChild.style.width = `${percent}%`;
      words.textContent = `${done} ${words.dataset.words} ${all}`;
    };
    form.addEventListener("submit", async (event) => {
      const chosen = [...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
      const size = chosen.reduce((sum, one) => sum + one.file.size, 0);
      const others = [...form.querySelectorAll("input[type=file]")].some((one) => one !== input && one.files.length);
      if (!dropped && (others || (chosen.length <= PORTION_FILES && size <= PORTION_BYTES))) return; // the form can do it
      event.preventDefault();
      const files = dropped ? await dropped : chosen;
      const button = form.querySelector("button[type=submit]");
      button.disabled = true;
      const portions = portionsOf(files);
      let drop = "";
      let done = 0;
      try {
        for (const [place, portion] of portions.entries()) {
          show(done, files.length);
          const body = new FormData();
          for (const field of form.querySelectorAll("input:not([type=file]), select")) if (field.name) body.append(field.name, field.value);
          if (drop) body.append("drop", drop);
          if (place === portions.length - 1) body.append("last", "1");
          for (const one of portion) {
            body.append("files", one.file, one.file.name);
            body.append("path", one.path);
          }
          const answer = await fetch(form.dataset.portions, { method: "POST", body, credentials: "same-origin" });
          const said = await answer.json();
          if (said.errors) throw new Error(said.errors.join(" "));
          drop = said.drop;
          done += portion.length;
          if (said.next) return void window.location.assign(said.next);
        }
      } catch (error) {
        words.textContent = error instanceof TypeError || error instanceof SyntaxError ? words.dataset.failed : error.message;
      }
      button.disabled = false;
    });
  }
});

// A button that prints the page; without this script the browser's own menu does.
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
});
