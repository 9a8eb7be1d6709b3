// What the editor gains from a script: a preview that keeps fresh, and passages taken by selecting.
"use strict";

const form = document.querySelector("form[data-preview]");
const shown = document.getElementById("preview");

// The preview follows what is typed, a moment later; an older answer never covers a newer one.
if (form && shown) {
  let waiting;
  let asked = 0;
  const look = async () => {
    const number = (asked += 1);
    const answer = await fetch(form.dataset.preview, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
    });
    if (!answer.ok || number !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const open = [...shown.querySelectorAll("details")].map((one) => one.open);
    shown.replaceChildren(...page.body.childNodes);
    [...shown.querySelectorAll("details")].forEach((one, index) => (one.open = Boolean(open[index])));
    offerCopy(shown);
  };
  const later = (event) => {
    if (event.target.name === "passage") return;
    clearTimeout(waiting);
    waiting = setTimeout(look, 700);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
}

// Another kind of proof asks other things: its fields are shown at once.
document.querySelectorAll("[data-again]").forEach((button) => {
  const field = document.getElementsByName(button.dataset.again)[0];
  if (field) field.addEventListener("change", () => field.form.requestSubmit(button));
});

// What is shown as text may be taken along.
function offerCopy(root) {
  root.querySelectorAll("[data-copy]").forEach((part) => {
    if (!navigator.clipboard) return;
    part.hidden = false;
    part.querySelector("button").addEventListener("click", () => {
      navigator.clipboard.writeText(document.getElementById(part.dataset.copy).value);
    });
  });
}
offerCopy(document);

// A selected passage ticks its paragraphs, and its words go along as the quotation.
const source = document.querySelector("[data-source]");
if (source) {
  const quote = document.querySelector("[data-quote]");
  document.addEventListener("selectionchange", () => {
    const chosen = document.getSelection();
    if (!chosen || chosen.isCollapsed || !source.contains(chosen.anchorNode)) return;
    source.querySelectorAll("li").forEach((line) => {
      line.querySelector("input").checked = chosen.containsNode(line, true);
    });
    quote.value = chosen.toString();
  });
}
