// What the pages gain from a script; without it everything works all the same.
"use strict";

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // A page taken back from the browser's memory may be sent again.
  window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});

// What a part of a page gains, whether it came with the page or was put in its place later.
function equip(root) {
  root.querySelectorAll("form[data-auto] select").forEach(filterAtOnce);
  root.querySelectorAll("[data-refresh]").forEach(lookAgain);
  root.querySelectorAll("form[data-upload]").forEach(showSending);
  root.querySelectorAll("details[data-fold]").forEach(foldOnPhone);
  root.querySelectorAll("[data-tick-all]").forEach(tickAll);
}

// One tick for all rows of a form; without a script it is not shown.
function tickAll(label) {
  label.hidden = false;
  label.querySelector("input").addEventListener("change", (event) => {
    const boxes = label.closest("form").querySelectorAll("tbody input[type=checkbox]");
    boxes.forEach((box) => { box.checked = event.target.checked; });
  });
}

// A long part stands open; on a phone it is folded, so that what comes after it is in reach.
function foldOnPhone(part) {
  if (window.matchMedia("(max-width: 52rem)").matches) part.open = false;
}

// A filter that changes shows its result without a press of the button.
function filterAtOnce(field) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

// A part of a page that waits for workers looks again until there is nothing to wait for.
function lookAgain(part) {
  let left = 40;
  const look = async () => {
    if (!part.isConnected) return;
    const answer = await fetch(part.dataset.refresh, { headers: { "x-part": "yes" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (!fresh) return;
    part.replaceChildren(...fresh.childNodes);
    equip(part);
    left -= 1;
    if (fresh.dataset.refresh && left > 0) setTimeout(look, 1500);
  };
  setTimeout(look, 1500);
}

// The chosen files are named, and how far they have come is shown while they are sent.
function showSending(form) {
  const field = form.querySelector("input[type=file]");
  const drop = form.querySelector(".drop");
  const bar = form.querySelector("progress");
  const names = form.querySelector("[data-names]");
  const show = () => {
    if (names) names.textContent = [...field.files].map((file) => file.name).join(", ");
  };
  field.addEventListener("change", show);
  if (drop) {
    drop.addEventListener("dragover", (event) => {
      event.preventDefault();
      drop.classList.add("drop--over");
    });
    drop.addEventListener("dragleave", () => drop.classList.remove("drop--over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("drop--over");
      field.files = event.dataTransfer.files;
      show();
    });
  }
  if (bar) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented || form.dataset.sent || !field.files.length) return;
      event.preventDefault();
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.responseType = "document";
      bar.hidden = false;
      request.upload.addEventListener("progress", (step) => {
        if (step.lengthComputable) bar.value = step.loaded / step.total;
      });
      request.addEventListener("load", () => {
        delete form.dataset.sent;
        showAnswer(request);
      });
      request.addEventListener("error", () => {
        bar.hidden = true;
        delete form.dataset.sent;
      });
      request.send(new FormData(form));
    });
  }
}

// What came back is shown as if the browser had gone there itself, with what it says once.
function showAnswer(request) {
  const main = request.response && request.response.querySelector("main");
  if (!main) {
    window.location.assign(request.responseURL);
    return;
  }
  if (request.status < 400 && request.responseURL !== window.location.href) {
    window.history.pushState(null, "", request.responseURL);
    window.addEventListener("popstate", () => window.location.reload(), { once: true });
    document.title = request.response.title;
  }
  document.querySelector("main").replaceWith(main);
  equip(main);
  main.tabIndex = -1;
  main.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

equip(document);

// The review desk by keys: j and k to walk, x to tick, Enter to open, and on a task the keys that
// stand at what decides. A key only leads there: what is pressed is pressed by the person.
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  // A person may have the letters wait for Alt, or switch them off (WCAG 2.1.4).
  const mode = document.body.dataset.keyMode;
  if (event.ctrlKey || event.metaKey || mode === "off" || event.altKey !== (mode === "alt")) return;
  const key = mode === "alt" ? event.code.replace(/^Key/, "").toLowerCase() : event.key;
  const there = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (there) {
    event.preventDefault();
    there.focus();
    return;
  }
  const rows = [...document.querySelectorAll("[data-keys] a[data-row]")];
  const at = rows.findIndex((row) => row.closest("tr").contains(document.activeElement));
  if (key === "x" && at >= 0) rows[at].closest("tr").querySelector("input[type=checkbox]")?.click();
  if (!rows.length || (key !== "j" && key !== "k")) return;
  event.preventDefault();
  rows[key === "j" ? Math.min(at + 1, rows.length - 1) : Math.max(at - 1, 0)].focus();
});
