// The page of `hspin report`: tabs, sorting, charts to point at. Without it, the page is read from top to bottom.
"use strict";
(() => {
    const root = document.documentElement;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    root.classList.add("js");

    const make = (tag, attributes = {}, ...content) => {
        const node = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
        node.append(...content);
        return node;
    };
    const text = (x, digits = 5) => {
        if (x === null || x === undefined || !Number.isFinite(x)) return "–";
        const size = Math.abs(x);
        const plain = size === 0 || (size >= 1e-4 && size < 1e6);
        return (plain ? String(+x.toPrecision(digits)) : x.toExponential(2)).replaceAll("-", "−");
    };

    // Tabs: one part of a run at a time; arrows, Home and End go through them.
    const charts = [];
    function tabs(run) {
        const list = run.querySelector("nav.tabs");
        const links = [...list.querySelectorAll("a")];
        const panels = links.map((link) => document.getElementById(link.getAttribute("href").slice(1)));
        list.setAttribute("role", "tablist");
        links.forEach((link, i) => {
            link.setAttribute("role", "tab");
            link.id = `${panels[i].id}-tab`;
            link.setAttribute("aria-controls", panels[i].id);
            panels[i].setAttribute("role", "tabpanel");
            const [, ...run] = panels[i].getAttribute("aria-labelledby").split(" ");
            panels[i].setAttribute("aria-labelledby", [link.id, ...run].join(" "));
            panels[i].tabIndex = -1;
        });
        const select = (chosen, focus) => {
            links.forEach((link, i) => {
                link.setAttribute("aria-selected", String(i === chosen));
                link.tabIndex = i === chosen ? 0 : -1;
                panels[i].classList.toggle("off", i !== chosen);
            });
            if (focus) links[chosen].focus();
            links[chosen].scrollIntoView({ block: "nearest", inline: "nearest" });
            charts.filter((chart) => panels[chosen].contains(chart.figure)).forEach((chart) => chart.show());
        };
        list.addEventListener("click", (event) => {
            const i = links.indexOf(event.target.closest("a"));
            if (i < 0) return;
            event.preventDefault();
            select(i, true);
            history.replaceState(null, "", `#${panels[i].id}`);
        });
        list.addEventListener("keydown", (event) => {
            const at = links.indexOf(event.target), last = links.length - 1;
            const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
            if (at >= 0 && to !== undefined) {
                event.preventDefault();
                select(to, true);
            } else if (at >= 0 && event.key === " ") {
                event.preventDefault();
                select(at, true);
            }
        });
        const named = () => panels.findIndex((panel) => `#${panel.id}` === location.hash);
        addEventListener("hashchange", () => named() >= 0 && select(named(), false));
        return () => select(Math.max(named(), 0), false);
    }

    // Tables: a heading sorts by its column, upwards, then downwards.
    function sorting(table) {
        const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
        heads.forEach((head, column) => {
            const button = make("button", { type: "button", class: "sort" });
            button.append(...head.childNodes);
            head.append(button);
            head.setAttribute("aria-sort", "none");
            button.addEventListener("click", () => {
                const up = head.getAttribute("aria-sort") !== "ascending";
                heads.forEach((other) => other.setAttribute("aria-sort", "none"));
                head.setAttribute("aria-sort", up ? "ascending" : "descending");
                const key = (row) => {
                    const cell = row.cells[column];
                    return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
                };
                const order = (a, b) => {
                    const [x, y] = [key(a), key(b)];
                    if (typeof x === "number" && typeof y === "number") return up ? x - y : y - x;
                    // What is not a number comes last.
                    if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1;
                    return up ? x.localeCompare(y) : y.localeCompare(x);
                };
                body.append(...[...body.rows].sort(order));
            });
        });
    }

    // Colours are made for white paper: on a dark page the dark ones are lightened.
    function onPage(color) {
        if (!dark.matches) return color;
        const parts = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));
        const light = (0.21 * parts[0] + 0.72 * parts[1] + 0.07 * parts[2]) / 255;
        const mix = Math.max(0, Math.min(0.75, (0.62 - light) / (1 - light)));
        return `rgb(${parts.map((part) => Math.round(part + mix * (255 - part))).join(",")})`;
    }
    const faded = (color, share) => {
        const [r, g, b] = color.startsWith("#") ? [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16)) : color.match(/\d+/g);
        return `rgba(${r},${g},${b},${share})`;
    };
    const ink = (name) => getComputedStyle(root).getPropertyValue(name).trim();

    // A label of a tick: all of an axis have as many decimals.
    function tick(x, step) {
        if (x === null || x === undefined) return "";
        const size = Math.abs(step);
        if (size < 1e-4 || size >= 1e6) return text(x, 4);
        const decimals = (String(+size.toPrecision(6)).split(".")[1] ?? "").length;
        return (+x.toPrecision(12)).toFixed(decimals).replace(/^-0(\.0*)?$/, "0$1").replace("-", "−");
    }

    // The place of the last value at or before x, or the nearest one.
    function place(series, x) {
        const xs = series.x;
        let low = 0, high = xs.length - 1;
        if (high < 0) return -1;
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if (xs[middle] <= x) low = middle; else high = middle - 1;
        }
        if (series.kind === "steps") return x < xs[0] || x > xs[xs.length - 1] ? -1 : low;
        return low + 1 < xs.length && Math.abs(xs[low + 1] - x) < Math.abs(xs[low] - x) ? low + 1 : low;
    }

    class Chart {
        constructor(figure) {
            this.figure = figure;
            this.frame = figure.querySelector(".interactive");
            this.data = JSON.parse(this.frame.querySelector("script").textContent);
            this.choice = this.data.choices.length > 1 ? -1 : 0;
            this.readout = make("p", { class: "readout", "aria-live": "polite" });
            this.legend = make("ul", { class: "legend" });
            this.plot = make("div", {
                class: "plot", tabindex: "0", role: "group", "aria-roledescription": "chart",
                "aria-label": `${this.data.title} Arrow keys read values along ${this.data.x}.`,
            });
            this.plot.addEventListener("keydown", (event) => this.move(event));
            this.frame.append(this.choices(), this.plot, this.legend, this.readout);
            this.frame.hidden = false;
            new ResizeObserver(() => this.resize()).observe(this.plot);
            this.hint();
        }

        choices() {
            const { choices, choose, series } = this.data;
            const group = make("div", { class: "choices", role: "group", "aria-label": choose });
            if (choices.length < 2) return group;
            const wanted = choices.map((name, i) => [name, i]).filter(([, i]) => series.some((s) => s.choice === i));
            for (const [name, i] of [[`All`, -1], ...wanted]) {
                const button = make("button", { type: "button", "aria-pressed": String(i === this.choice) }, name);
                button.addEventListener("click", () => {
                    this.choice = i;
                    group.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", String(b === button)));
                    this.draw();
                });
                group.append(button);
            }
            return group;
        }

        hint() {
            this.readout.textContent = "Point at the chart, or focus it and use the arrow keys, to read values. Drag to zoom, double-click to zoom out.";
        }

        shown() {
            const all = this.choice < 0;
            const is = (s) => s.x.length > 0 && (s.choice === null || s.choice === this.choice || (all && s.in_all));
            return this.data.series.filter(is);
        }

        show() {
            if (!this.uplot) this.draw();
        }

        draw() {
            if (this.plot.clientWidth === 0) return;
            this.uplot?.destroy();
            const shown = this.shown(), all = this.choice < 0 && this.data.choices.length > 1;
            const tables = [], series = [{}], bands = [];
            for (const s of shown) {
                const color = onPage(s.color);
                const line = { label: s.label, stroke: color, width: 2, pxAlign: 0, dash: s.dashed ? [6, 4] : undefined, spanGaps: true, points: { show: false } };
                tables.push(s.kind === "band" ? [s.x, s.y, s.to] : [s.x, s.y]);
                if (s.kind === "band") {
                    series.push({ ...line, width: 0 }, { ...line, width: 0 });
                    bands.push({ series: [series.length - 1, series.length - 2], fill: faded(color, 0.22) });
                } else if (s.kind === "steps") {
                    series.push({ ...line, paths: uPlot.paths.stepped({ align: 1 }), fill: all ? undefined : faded(color, 0.25) });
                } else if (s.kind === "points") {
                    series.push({ ...line, width: 0, paths: () => null, points: { show: true, size: all ? 6 : 8, fill: color, stroke: color } });
                } else {
                    series.push(line);
                }
            }
            const options = {
                ...this.size(), series, bands, legend: { show: false },
                cursor: { y: false, points: { show: false }, drag: { x: true, y: false } },
                scales: { x: this.scale(this.data.x_log, false), y: this.scale(this.data.y_log, true) },
                axes: [this.axis(this.data.x, this.data.x_log), { ...this.axis(this.data.y, this.data.y_log), size: 62 }],
                hooks: { draw: [(u) => this.guides(u)], setCursor: [(u) => this.read(u)] },
            };
            this.uplot = new uPlot(options, uPlot.join(tables), this.plot);
            this.legend.replaceChildren(...shown.map((s) => {
                const swatch = make("span", { class: `swatch ${s.kind}`, "aria-hidden": "true" });
                swatch.style.setProperty("--color", onPage(s.color));
                return make("li", {}, swatch, s.label);
            }));
            this.hint();
        }

        size() {
            const width = Math.max(this.plot.clientWidth, 200);
            return { width, height: Math.round(Math.min(460, Math.max(260, 0.5 * width))) };
        }

        resize() {
            if (this.plot.clientWidth === 0) return;
            if (!this.uplot) this.draw();
            else if (this.uplot.width !== this.size().width) this.uplot.setSize(this.size());
        }

        scale(log, across) {
            const lines = this.data.guides.filter((guide) => guide.across === across).map((guide) => guide.at);
            if (log) return { distr: 3, log: 10, time: false };
            const range = (u, low, high) => {
                if (low === null || high === null) return [0, 1];
                // A zoom is what was asked for.
                const zoomed = !across && u.data[0].length > 0 && (low > u.data[0][0] || high < u.data[0].at(-1));
                if (!zoomed) [low, high] = [Math.min(low, ...lines), Math.max(high, ...lines)];
                const margin = zoomed ? 0 : 0.04 * (high - low || Math.abs(high) || 1);
                return [across && low === 0 ? 0 : low - margin, high + margin];
            };
            return { time: false, range };
        }

        axis(label, log) {
            const values = log
                ? (u, splits) => splits.map((x) => (x !== null && Math.abs(Math.log10(x) % 1) < 1e-9 ? text(x) : ""))
                : (u, splits, axis, space, step) => splits.map((x) => tick(x, step));
            const grid = { stroke: ink("--grid"), width: 1 };
            const whole = this.data.series.every((s) => s.x.every(Number.isInteger)) && label === this.data.x;
            const incrs = whole ? [1, 2, 5].flatMap((one) => [0, 1, 2, 3, 4, 5, 6].map((power) => one * 10 ** power)).sort((a, b) => a - b) : undefined;
            const places = { size: 34, labelSize: 26, ...(incrs && !log ? { incrs } : {}) };
            return { label, stroke: ink("--ink"), grid, ...places, ticks: grid, values, font: "13px system-ui, sans-serif", labelFont: "14px system-ui, sans-serif" };
        }

        // Lines of Λ → ∞ with their names; of two, the names stand apart.
        guides(u) {
            const { ctx, bbox } = u, ratio = devicePixelRatio;
            const guides = this.data.guides.toSorted((a, b) => a.at - b.at);
            ctx.save();
            ctx.strokeStyle = ctx.fillStyle = ink("--soft");
            ctx.setLineDash([5 * ratio, 4 * ratio]);
            ctx.lineWidth = ratio;
            ctx.textAlign = "left";
            ctx.textBaseline = "alphabetic";
            guides.forEach((guide, i) => {
                const at = u.valToPos(guide.at, guide.across ? "y" : "x", true);
                const [from, length] = guide.across ? [bbox.top, bbox.height] : [bbox.left, bbox.width];
                if (at < from || at > from + length) return;
                ctx.beginPath();
                if (guide.across) { ctx.moveTo(bbox.left, at); ctx.lineTo(bbox.left + bbox.width, at); }
                else { ctx.moveTo(at, bbox.top); ctx.lineTo(at, bbox.top + bbox.height); }
                ctx.stroke();
                const left = !guide.across && i === 0 && guides.length > 1;
                const [name, low = ""] = guide.label.split("_");
                const fonts = [13, 10].map((size) => `${size * ratio}px system-ui, sans-serif`);
                ctx.font = fonts[0];
                const wide = ctx.measureText(name).width;
                ctx.font = fonts[1];
                const whole = wide + ctx.measureText(low).width;
                const x = guide.across ? bbox.left + bbox.width - whole - 6 * ratio : left ? at - whole - 5 * ratio : at + 5 * ratio;
                const y = guide.across ? at + (i === 0 && guides.length > 1 ? 15 : -5) * ratio : bbox.top + 14 * ratio;
                ctx.font = fonts[0];
                ctx.fillText(name, x, y);
                ctx.font = fonts[1];
                ctx.fillText(low, x + wide, y + 4 * ratio);
            });
            ctx.restore();
        }

        read(u) {
            const { left } = u.cursor;
            if (left === null || left === undefined || left < 0) return this.hint();
            const x = u.posToVal(left, "x");
            const parts = this.shown().map((s) => {
                const i = place(s, x);
                if (i < 0) return null;
                if (s.kind === "points" && Math.abs(u.valToPos(s.x[i], "x") - left) > 12) return null;
                const value = s.kind === "band" ? `${text(s.y[i])} to ${text(s.to[i])}` : text(s.y[i]);
                const swatch = make("span", { class: `swatch ${s.kind}`, "aria-hidden": "true" });
                swatch.style.setProperty("--color", onPage(s.color));
                return make("span", { class: "value" }, swatch, `${s.label}: ${value}`);
            });
            const name = this.data.x.split(" ")[0];
            this.readout.replaceChildren(make("b", {}, `${name} = ${text(x)}`), ...parts.filter(Boolean));
        }

        move(event) {
            const u = this.uplot;
            if (!u) return;
            const width = u.over.clientWidth, step = event.shiftKey ? width / 20 : width / 100;
            const at = u.cursor.left >= 0 ? u.cursor.left : 0;
            const to = { ArrowRight: at + step, ArrowLeft: at - step, Home: 0, End: width }[event.key];
            if (to !== undefined) {
                event.preventDefault();
                u.setCursor({ left: Math.max(0, Math.min(width, to)), top: u.over.clientHeight / 2 });
            } else if (event.key === "Escape") {
                u.setCursor({ left: -10, top: -10 });
            }
        }
    }

    // Figures as files, with the font that they are drawn in.
    function saving(drawing, i) {
        const figure = drawing.closest("figure");
        const style = () => [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
            .filter((rule) => rule instanceof CSSFontFaceRule || rule.selectorText === "text").map((rule) => rule.cssText).join("\n");
        const button = make("button", { type: "button", class: "save" }, "Save as SVG");
        button.setAttribute("aria-label", `Save as SVG: ${drawing.querySelector("title").textContent}`);
        button.addEventListener("click", () => {
            const copy = drawing.cloneNode(true);
            copy.removeAttribute("class");
            const rules = document.createElementNS(drawing.namespaceURI, "style");
            rules.textContent = style();
            copy.prepend(rules);
            const file = new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
            const address = URL.createObjectURL(file);
            const link = make("a", { href: address, download: `${figure.id || `figure-${i}`}.svg` });
            document.body.append(link);
            link.click();
            link.remove();
            setTimeout(() => URL.revokeObjectURL(address), 10000);
        });
        return button;
    }

    function buttons(figure) {
        const drawings = [...figure.querySelectorAll("svg.figure")];
        if (drawings.length === 0) return;
        const row = make("div", { class: "buttons" });
        if (figure.classList.contains("chart")) {
            const toggle = make("button", { type: "button", "aria-pressed": "false" }, "Show as on paper");
            toggle.addEventListener("click", () => {
                const on = figure.classList.toggle("as-on-paper");
                toggle.setAttribute("aria-pressed", String(on));
            });
            row.append(toggle);
        }
        row.append(...drawings.map(saving));
        figure.append(row);
    }

    function copying(button) {
        button.hidden = false;
        button.addEventListener("click", async () => {
            const source = document.getElementById(button.dataset.copy);
            getSelection().selectAllChildren(source);
            try {
                await navigator.clipboard.writeText(source.textContent);
                button.textContent = "Copied";
            } catch {
                // It is selected: the reader copies it.
                button.textContent = "Selected";
            }
        });
    }

    document.querySelectorAll("table.sortable").forEach(sorting);
    document.querySelectorAll("figure").forEach(buttons);
    document.querySelectorAll("button.copy").forEach(copying);
    document.querySelectorAll("figure.chart").forEach((figure) => charts.push(new Chart(figure)));
    [...document.querySelectorAll("article.run")].map(tabs).forEach((first) => first());
    dark.addEventListener("change", () => charts.forEach((chart) => chart.uplot && chart.draw()));
    // All of a page is printed, what is folded too.
    addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
})();
