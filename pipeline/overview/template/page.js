"use strict";
// Search, filters, tracing and the choice of light or dark. The page has all its content
// without this. Text only ever enters the document as text.
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  all(".needs-script").forEach((element) => { element.hidden = false; });

  const made = (tag, text = "", className = "") => {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    if (className) element.className = className;
    return element;
  };

  /* Make what an element holds the face of a button. */
  const asButton = (element, pressed) => {
    const button = made("button");
    button.type = "button";
    button.append(...element.childNodes);
    element.append(button);
    button.addEventListener("click", () => pressed(button));
    return button;
  };

  // ------------------------------------------------------------------------ light and dark
  const darkScreen = window.matchMedia("(prefers-color-scheme: dark)");
  const kept = (() => {
    try { return window.localStorage; } catch (_) { return null; }
  })();
  const theme = byId("theme");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : darkScreen.matches);
  const nameTheme = () => { theme.textContent = isDark() ? "改用浅色" : "改用深色"; };
  const chosen = kept && kept.getItem("theme");
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    if (kept) kept.setItem("theme", root.dataset.theme);
    nameTheme();
  });
  darkScreen.addEventListener("change", nameTheme);
  nameTheme();

  // --------------------------------------------------------------------- search and filters
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ");
  const rows = all("table.units tbody tr").map((row) => ({ row, text: plain(row.textContent) }));
  const groups = all("article.group").map((group) => ({
    group,
    unit: group.dataset.unit,
    status: group.dataset.status,
    name: plain(group.querySelector("header").textContent),
    problems: all("li.problem", group).map((item) => ({ item, text: plain(item.textContent) })),
  }));
  const box = byId("q");
  const chips = [];
  let status = "";

  const apply = () => {
    const words = plain(box ? box.value : "").split(" ").filter(Boolean);
    const fits = (text) => words.every((word) => text.includes(word));
    const found = new Set();
    groups.forEach(({ group, unit, status: own, name, problems }) => {
      const whole = fits(name);
      let shown = 0;
      problems.forEach(({ item, text }) => {
        const fit = whole || fits(`${name} ${text}`);
        item.hidden = !fit;
        if (fit) shown += 1;
      });
      const fit = shown > 0 && (!status || own === status);
      group.parentElement.hidden = !fit;
      if (fit) found.add(unit);
    });
    let shown = 0;
    rows.forEach(({ row, text }) => {
      const fit = (!status || row.dataset.status === status)
        && (fits(text) || found.has(row.dataset.unit));
      row.hidden = !fit;
      if (fit) shown += 1;
    });
    const nothing = document.querySelector(".nothing");
    if (nothing) nothing.hidden = shown > 0;
    const active = words.length > 0 || status;
    if (byId("found")) byId("found").textContent = active ? `显示 ${shown} / ${rows.length}` : "";
    chips.forEach(({ button, value }) => button.setAttribute("aria-pressed", String(value === status)));
  };

  all("[data-filter]").forEach((element) => {
    const value = element.dataset.filter;
    const button = asButton(element, () => { status = value === status ? "" : value; apply(); });
    chips.push({ button, value });
  });
  if (box) {
    box.addEventListener("input", apply);
    box.form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }

  // ------------------------------------------------------------------ where a figure is from
  const dialog = byId("trace");

  /* A kept whole number as it is printed: exact, thousands apart. */
  const printed = (value, scale, signed) => {
    const size = Math.abs(value);
    const rest = size % scale;
    const whole = String((size - rest) / scale).replace(/\B(?=(\d{3})+$)/g, ",");
    const places = String(scale).length - 1;
    const tail = rest ? `.${String(rest).padStart(places, "0").replace(/0+$/, "")}` : "";
    return `${value < 0 ? "-" : signed && value > 0 ? "+" : ""}${whole}${tail}`;
  };

  const terms = (trace) => [...trace.matchAll(/([+-])(\d+)/g)].map(([, sign, at]) => ({
    sign: sign === "-" ? -1 : 1, at: Number(at),
  }));

  /* What each unit adds to a figure, and the cells that it stands in. */
  const additions = (parts, member) => data.units
    .map(([name, source, link, layout, values], index) => ({
      index, name, source, link,
      value: parts.reduce((sum, { sign, at }) => sum + sign * values[at], 0),
      cells: parts.filter(({ at }) => parts.length === 1 || values[at])
        .map(({ sign, at }) => ({ sign, cell: data.layouts[layout][at], value: values[at], at })),
    }))
    .filter(({ index }) => member === undefined || index === member)
    .sort((one, other) => Math.abs(other.value) - Math.abs(one.value));

  const numberCell = (text) => {
    const cell = made("td", text, "number");
    return cell;
  };

  const line = ({ name, source, link, value, cells }, scale, signed, many) => {
    const row = made("tr");
    const who = made("th", name);
    who.scope = "row";
    const where = made("td");
    cells.forEach(({ sign, cell, value: own }, at) => {
      if (at) where.append(document.createElement("br"));
      const place = made("code", cell || "（工作簿中没有这一格）");
      where.append(place);
      if (many) where.append(` ${sign < 0 ? "减" : "加"} ${printed(own, scale, false)}`);
    });
    if (!cells.length) where.textContent = "各格都是 0";
    const file = made("td");
    if (link) {
      const anchor = made("a", source);
      anchor.href = link;
      file.append(anchor);
    } else {
      file.textContent = source;
    }
    row.append(who, numberCell(printed(value, scale, signed)), where, file);
    return row;
  };

  const trace = (face) => {
    const parts = terms(face.dataset.trace);
    const member = face.dataset.member === undefined ? undefined : Number(face.dataset.member);
    const [, unit, scale, signed] = data.fields[parts[0].at];
    const found = additions(parts, member);
    const total = found.reduce((sum, { value }) => sum + value, 0);
    byId("trace-title").textContent = parts
      .map(({ sign, at }, index) => `${index || sign < 0 ? (sign < 0 ? " − " : " ＋ ") : ""}${data.fields[at][0]}`)
      .join("");
    const zeros = found.filter(({ value }) => !value).length;
    byId("trace-note").textContent = `合计 ${printed(total, scale, signed)} ${unit}，由 ${found.length} 个单位相加`
      + (zeros ? `，其中 ${zeros} 个为 0（排在后面）。` : "。");
    const body = dialog.querySelector("tbody");
    body.replaceChildren(...found.map((one) => line(one, scale, signed, parts.length > 1)));
    const sum = made("tr", "", "sum");
    const label = made("th", "合计");
    label.scope = "row";
    sum.append(label, numberCell(printed(total, scale, signed)), made("td"), made("td"));
    body.append(sum);
    dialog.showModal();
    dialog.querySelector("button").focus();
  };

  if (dialog && data.units) {
    all("[data-trace]").forEach((face) => {
      const button = asButton(face, () => trace(face));
      button.setAttribute("aria-haspopup", "dialog");
    });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  }

  // A national table is one stop of the Tab key; within it the arrow keys go from figure to figure.
  all("table.national").forEach((table) => {
    const grid = all("tr", table)
      .map((row) => all("[data-trace] button", row)).filter((buttons) => buttons.length);
    grid.forEach((buttons, down) => buttons.forEach((button, across) => {
      button.tabIndex = down || across ? -1 : 0;
      button.addEventListener("keydown", (event) => {
        const step = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key];
        if (!step) return;
        const next = grid[down + step[0]];
        const to = next && next[Math.min(across + step[1], next.length - 1)];
        if (!to) return;
        event.preventDefault();
        all("button", table).forEach((other) => { other.tabIndex = -1; });
        to.tabIndex = 0;
        to.focus();
      });
    }));
  });

  // --------------------------------------------------------------------------- to send on
  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (_) {
      const field = made("textarea", text);
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      return done;
    }
  };
  all("[data-copy]").forEach((quote) => {
    const button = made("button", "复制", "copy");
    button.type = "button";
    button.addEventListener("click", async () => {
      const done = await copied(quote.textContent);
      button.textContent = done ? "已复制" : "请手工复制";
      window.setTimeout(() => { button.textContent = "复制"; }, 2000);
    });
    quote.after(button);
  });

  // ------------------------------------------------------------------------------- on paper
  const folded = () => all("details:not([open])");
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = folded();
    opened.forEach((details) => { details.open = true; });
  });
  window.addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));
})();
