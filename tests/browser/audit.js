// The faults of the page that is open, one line each; see auditing.py.
() => {
  const faults = [];
  const shown = (e) => {
    const box = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.opacity !== "0";
  };
  const named = (e) => `<${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}${e.className && e.className.baseVal === undefined ? "." + e.className : ""}> ${(e.textContent || "").trim().slice(0, 40)}`;
  const say = (rule, e) => faults.push(`${rule}: ${e ? named(e) : ""}`);

  if (!document.documentElement.lang) say("no language");
  if (!document.title.trim()) say("no title");
  if (document.querySelectorAll("h1").length !== 1) say("not one h1");
  let level = 0;
  for (const heading of document.querySelectorAll("main h1, main h2, main h3, main h4")) {
    const mine = Number(heading.tagName[1]);
    if (mine > level + 1) say("a heading skips a level", heading);
    level = mine;
  }
  const ids = new Set();
  for (const one of document.querySelectorAll("[id]")) {
    if (ids.has(one.id)) say("an id twice", one);
    ids.add(one.id);
  }
  for (const control of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    const label = control.labels && control.labels.length;
    if (!label && !control.getAttribute("aria-label") && !control.getAttribute("aria-labelledby")) say("no label", control);
  }
  for (const pressed of document.querySelectorAll("a[href], button, summary")) {
    const name = (pressed.getAttribute("aria-label") || pressed.textContent || "").trim();
    if (!name && !pressed.querySelector("img[alt], svg[aria-label], svg title")) say("no name", pressed);
  }
  for (const image of document.querySelectorAll("img:not([alt])")) say("no alternative", image);
  for (const svg of document.querySelectorAll("main svg")) {
    const hidden = svg.getAttribute("aria-hidden") === "true";
    if (!hidden && !(svg.getAttribute("role") === "img" && (svg.getAttribute("aria-label") || svg.getAttribute("aria-labelledby")))) say("a picture without words", svg);
  }
  for (const table of document.querySelectorAll("main table")) {
    if (!table.querySelector("th")) say("a table without headers", table);
  }
  for (const pressed of document.querySelectorAll("button, .button, input[type=checkbox], input[type=radio], summary")) {
    if (!shown(pressed)) continue;
    const box = (pressed.closest("label") || pressed).getBoundingClientRect();
    if (box.width < 24 || box.height < 24) if (pressed.getBoundingClientRect().width < 20) say("smaller than a finger", pressed);
  }
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 1) {
    const culprits = [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.closest(".scroll"));
    say(`wider than the screen by ${wide}`, culprits[0]);
  }

  const part = (text) => text.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const over = (front, back) => { const a = front[3] ?? 1; return [0, 1, 2].map((i) => front[i] * a + back[i] * (1 - a)); };
  const ground = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) {
      const colour = part(getComputedStyle(at).backgroundColor);
      layers.push(colour);
      if ((colour[3] ?? 1) === 1) break;
    }
    return layers.reverse().reduce((back, front) => over(front, back), [255, 255, 255]);
  };
  const seen = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || seen.has(e) || !shown(e) || e.closest("script, style, noscript, svg, .visually-hidden, .skip, :disabled, option")) continue;
    seen.add(e);
    const style = getComputedStyle(e);
    const back = ground(e);
    const [light, dark] = [luminance(over(part(style.color), back)), luminance(back)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) say(`contrast ${ratio.toFixed(2)}`, e);
  }
  return faults;
}
