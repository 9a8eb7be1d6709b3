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

// A filter that changes shows its result without a press of the button.
for (const field of document.querySelectorAll("form[data-auto] select")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

// A part of a page that waits for workers looks again until there is nothing to wait for.
for (const part of document.querySelectorAll("[data-refresh]")) {
  let left = 40;
  const look = async () => {
    const answer = await fetch(part.dataset.refresh, { headers: { "x-part": "yes" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (!fresh) return;
    part.replaceChildren(...fresh.childNodes);
    left -= 1;
    if (fresh.dataset.refresh && left > 0) setTimeout(look, 1500);
  };
  setTimeout(look, 1500);
}

// The chosen files are named, and how far they have come is shown while they are sent.
for (const form of document.querySelectorAll("form[data-upload]")) {
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
      if (event.defaultPrevented || !field.files.length) return;
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
        if (request.status < 400) {
          window.location.assign(request.responseURL);
        } else {
          const main = request.response && request.response.querySelector("main");
          if (main) document.querySelector("main").replaceWith(main);
        }
      });
      request.addEventListener("error", () => {
        bar.hidden = true;
        delete form.dataset.sent;
      });
      request.send(new FormData(form));
    });
  }
}

// The review desk by keys: j and k to walk, Enter to open.
const rows = [...document.querySelectorAll("[data-keys] a[data-row]")];
if (rows.length) {
  let at = -1;
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey) return;
    if (event.key === "j") at = Math.min(at + 1, rows.length - 1);
    else if (event.key === "k") at = Math.max(at - 1, 0);
    else return;
    rows[at].focus();
  });
}
