// Draws the charts of a page with uPlot. Colours are read from the style sheet whenever something
// is drawn, so that a change between light and dark is one redraw. Everything is in UTC.
"use strict";

const Charts = (() => {
  const SYNC = "time";
  const DAY = 86400;
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const CANDLE_LEAST = 3.5; // pixels from one candle to the next; below it a line is drawn
  const NEAR = 14;          // pixels from a trade at which it is told
  const HEIGHTS = { equity: 300, drawdown: 140, exposure: 140, turnover: 240, holding: 240, price: 320 };

  const timed = [];
  let changing = false;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const ink = (name) => () => colour(name);
  const font = "12px system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif";

  const two = (number) => String(number).padStart(2, "0");
  const utc = (seconds) => new Date(seconds * 1000);
  const day = (date) => `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  const clock = (date) => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  const exactly = (date) => `${clock(date)}:${two(date.getUTCSeconds())}`;

  function moment(seconds) {
    const date = utc(seconds);
    const within = seconds % DAY;
    return within === 0 ? day(date) : `${day(date)} ${seconds % 60 ? exactly(date) : clock(date)}`;
  }

  const grouped = (value, places) =>
    value.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
  const money = (value) => grouped(value, 2);
  const signed = (value) => (value > 0 ? "+" : "") + money(value);
  // Small shares keep a figure or two; what rounds to nothing has no sign.
  const percentTo = (places) => (value) => `${grouped(100 * value, places)} %`.replace(/^-(?=[0.]+ %)/, "");
  const percent = (value) => percentTo(value !== 0 && Math.abs(value) < 0.01 ? 3 : 1)(value);

  // Whole numbers that were written as steps.
  function summed(steps) {
    let total = 0;
    return steps.map((step) => (total += step));
  }

  const seconds = (steps) => summed(steps).map((ms) => ms / 1000);

  // Marks of a time axis at round times, so far apart that their labels have room.
  const STEPS = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 7200, 14400, 21600, 43200, DAY, 2 * DAY, 7 * DAY];
  const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120];
  const ROOM = 72;

  function marks(u, axis, min, max) {
    const least = (ROOM * (max - min)) / Math.max(u.bbox.width / devicePixelRatio, 1);
    const step = STEPS.find((each) => each >= least);
    const found = [];
    if (step !== undefined) {
      // Weeks begin on Mondays, which the epoch did not.
      const shift = step === 7 * DAY ? 4 * DAY : 0;
      for (let ts = Math.ceil((min - shift) / step) * step + shift; ts <= max; ts += step) found.push(ts);
    } else {
      const months = MONTH_STEPS.find((each) => each * 30 * DAY >= least) ?? 240;
      const first = utc(min);
      let month = first.getUTCFullYear() * 12 + first.getUTCMonth();
      month = Math.ceil(month / months) * months;
      for (; ; month += months) {
        const ts = Date.UTC(Math.floor(month / 12), month % 12, 1) / 1000;
        if (ts > max) break;
        if (ts >= min) found.push(ts);
      }
    }
    return found;
  }

  // A label says what changed: a year in January, a date at midnight, else month, day or time.
  function times(u, splits) {
    const step = splits.length > 1 ? splits[1] - splits[0] : DAY;
    return splits.map((split) => {
      const date = utc(split);
      const month = MONTHS[date.getUTCMonth()];
      if (step >= 360 * DAY || (step >= 27 * DAY && date.getUTCMonth() === 0)) return String(date.getUTCFullYear());
      if (step >= 27 * DAY) return month;
      if (split % DAY === 0) return `${date.getUTCDate()} ${month}`;
      return step < 60 ? exactly(date) : clock(date);
    });
  }

  const axisBase = () => ({
    stroke: ink("soft"),
    font,
    grid: { stroke: ink("grid"), width: 1 },
    ticks: { show: false },
    gap: 6,
  });

  const timeAxis = () => ({ ...axisBase(), grid: { show: false }, splits: marks, values: times, size: 30 });

  // One width for all, so that charts below one another share their times; wider only at need.
  const WIDTH = 58;
  const wide = (u, values) =>
    Math.max(WIDTH, ...(values ?? []).map((value) => 14 + 6.8 * String(value ?? "").length));

  const valueAxis = (spell, more = {}) => ({
    ...axisBase(),
    values: (u, splits, axis, space, step) => splits.map((value) => (value === null ? "" : spell(value, step))),
    size: wide,
    space: 34,
    ...more,
  });

  const percents = (value, step) => percentTo(Math.max(0, -Math.floor(Math.log10(step * 100) + 1e-9)))(value);

  // Thousands and millions where the marks are so far apart that they still differ.
  function compact(value, step) {
    if (step >= 1e4 && Math.abs(value) >= 1e6) return `${+(value / 1e6).toFixed(2)}M`;
    if (step >= 1e2 && Math.abs(value) >= 1e4) return `${+(value / 1e3).toFixed(1)}k`;
    return grouped(value, Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))));
  }

  // One look at a part of the run, in all charts of time.
  function follow(u) {
    if (changing) return;
    changing = true;
    const { min, max } = u.scales.x;
    for (const other of timed) if (other !== u) other.setScale("x", { min, max });
    changing = false;
    const [since, until] = u.whole;
    document.querySelectorAll("button.whole").forEach((button) => {
      button.hidden = min <= since && max >= until;
    });
  }

  function whole() {
    for (const u of timed) u.setScale("x", { min: u.whole[0], max: u.whole[1] });
  }

  // Keeps a curve in its picture as one looks closer, with a little room.
  const roomy = (u, low, high) => {
    if (low === null) return [0, 1];
    const room = (high - low) * 0.06 || Math.abs(high) * 0.01 || 1;
    return [low - room, high + room];
  };

  const marker = { show: true, width: 0, fill: (u, at) => u.series[at].ink ?? u.series[at].stroke(u, at) };

  function base(host, kind, options) {
    const legend = { live: true, markers: marker, ...options.legend };
    return {
      width: Math.max(host.clientWidth, 200),
      height: HEIGHTS[kind],
      padding: [10, 12, 0, 0],
      tzDate: (ts) => uPlot.tzDate(utc(ts), "Etc/UTC"),
      ...options,
      legend,
    };
  }

  // What a legend tells while nobody points at the chart: the last value.
  const told = (spell) => (u, value, series, at) => {
    const column = u.data[series];
    const shown = at === null || at === undefined ? column[column.length - 1] : value;
    return shown === null || shown === undefined ? "–" : spell(shown);
  };

  const X = { label: "", value: told(moment) };

  const TIMED = {
    sync: { key: SYNC, setSeries: false },
    drag: { x: true, y: false },
    y: false,
    points: { size: 6 },
  };

  function overTime(host, kind, range, options, data) {
    const hooks = { ...options.hooks, setScale: [(u, key) => key === "x" && u.whole && follow(u)] };
    const u = new uPlot(
      base(host, kind, {
        cursor: TIMED,
        ...options,
        scales: { x: { time: true, min: range[0], max: range[1] }, ...options.scales },
        hooks,
      }),
      data,
      host,
    );
    u.whole = range;
    timed.push(u);
    return u;
  }

  function equity(host, points, range) {
    const own = points.account;
    const names = Object.keys(own.others);
    const others = names.map((name, at) => ({
      label: name.replaceAll("_", " "),
      stroke: ink(`other-${1 + (at % 2)}`),
      width: 1.25,
      dash: at % 2 ? [6, 3] : [2, 2],
      points: { show: false },
      value: told(money),
    }));
    const series = [
      X,
      {
        label: "this run",
        stroke: ink("accent"),
        fill: ink("wash"),
        fillTo: () => points.cash,
        width: 1.75,
        points: { show: false },
        value: told(money),
      },
      ...others,
    ];
    const start = (u) => {
      const y = Math.round(u.valToPos(points.cash, "y", true)) + 0.5;
      const { left, top, width, height } = u.bbox;
      if (y < top || y > top + height) return;
      u.ctx.save();
      u.ctx.strokeStyle = colour("soft");
      u.ctx.setLineDash([2, 4]);
      u.ctx.beginPath();
      u.ctx.moveTo(left, y);
      u.ctx.lineTo(left + width, y);
      u.ctx.stroke();
      u.ctx.restore();
    };
    return overTime(
      host,
      "equity",
      range,
      {
        class: "toggles",
        scales: { y: { range: roomy } },
        series,
        axes: [timeAxis(), valueAxis(compact)],
        hooks: { drawSeries: [(u, at) => at === 1 && start(u)] },
      },
      [seconds(own.t), own.equity, ...names.map((name) => own.others[name])],
    );
  }

  function drawdown(host, points, range) {
    const own = points.account;
    return overTime(
      host,
      "drawdown",
      range,
      {
        scales: { y: { range: (u, low) => [Math.min(low ?? 0, -1e-5) * 1.08, 0] } },
        series: [
          X,
          {
            label: "below the peak",
            stroke: ink("loss"),
            fill: ink("fall"),
            width: 1.25,
            points: { show: false },
            value: told(percent),
          },
        ],
        axes: [timeAxis(), valueAxis(percents, { space: 28 })],
      },
      [seconds(own.t), own.drawdown],
    );
  }

  function exposure(host, points, range) {
    const own = points.account;
    const line = (label, name, wash) => ({
      label,
      stroke: ink(name),
      fill: ink(wash),
      width: 1.25,
      paths: uPlot.paths.stepped({ align: 1 }),
      points: { show: false },
      value: told(percent),
    });
    const series = [X, line("long", "accent", "wash")];
    const data = [seconds(own.t), own.long];
    if (own.short.some((value) => value < 0)) {
      series.push(line("short", "loss", "fall"));
      data.push(own.short);
    }
    return overTime(
      host,
      "exposure",
      range,
      {
        scales: { y: { range: (u, low, high) => [Math.min(low ?? 0, 0) * 1.08, Math.max(high ?? 0, 1e-6) * 1.08] } },
        series,
        axes: [timeAxis(), valueAxis(percents, { space: 28 })],
      },
      data,
    );
  }

  function turnover(host, points) {
    const { t, parts, word } = points.turnover;
    const x = t.map((ms) => ms / 1000);
    const step = x.length > 1 ? x[1] - x[0] : DAY;
    const named = (seconds_) => {
      const date = utc(seconds_);
      if (word === "year") return String(date.getUTCFullYear());
      if (word === "month") return `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
      return word === "hour" ? moment(seconds_) : day(date);
    };
    return new uPlot(
      base(host, "turnover", {
        cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
        scales: {
          x: { time: true, range: () => [x[0] - step * 0.6, x[x.length - 1] + step * 0.6] },
          y: { range: (u, low, high) => [0, (high || 1) * 1.08] },
        },
        series: [
          { label: "", value: told(named) },
          {
            label: "turnover",
            stroke: ink("accent"),
            fill: ink("accent"),
            width: 0,
            points: { show: false },
            paths: uPlot.paths.bars({ size: [0.72, 40], radius: 0.15 }),
            value: told((value) => `${grouped(value, 2)}×`),
          },
        ],
        axes: [timeAxis(), valueAxis((value) => `${+value.toFixed(4)}×`)],
      }),
      [x, parts],
      host,
    );
  }

  function holding(host, points) {
    const { labels, won, lost } = points.holding;
    const x = labels.map((_, at) => at);
    const all = won.map((wins, at) => wins + lost[at]);
    const bars = uPlot.paths.bars({ size: [0.72, 64], radius: 0.1 });
    const sum = (counts) => counts.reduce((total, each) => total + each, 0);
    const of = (counts) => (u, value, series, at) => grouped(at === null ? sum(counts) : counts[at] ?? 0, 0);
    // Where there is no room for both edges of a bin the lower one must do, or that of each second.
    const room = host.clientWidth / labels.length;
    const brief = (label) => label.split(" – ")[0].replace("under ", "<").replace("over ", ">");
    const every = Math.ceil(44 / room);
    const named = labels.map((label, at) => (room > 84 ? label : at % every ? "" : brief(label)));
    return new uPlot(
      base(host, "holding", {
        cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
        scales: {
          x: { time: false, range: () => [-0.6, labels.length - 0.4] },
          y: { range: (u, low, high) => [0, Math.max(high || 1, 2) * 1.1] },
        },
        series: [
          { label: "", value: (u, value) => (value === null || value === undefined ? "all" : labels[value]) },
          { label: "lost", stroke: ink("loss"), fill: ink("loss"), width: 0, paths: bars, points: { show: false }, value: of(lost) },
          { label: "won", stroke: ink("gain"), fill: ink("gain"), width: 0, paths: bars, points: { show: false }, value: of(won) },
        ],
        axes: [
          {
            ...axisBase(),
            grid: { show: false },
            splits: () => x,
            values: () => named,
            size: 30,
          },
          valueAxis((value) => (Number.isInteger(value) ? grouped(value, 0) : "")),
        ],
      }),
      [x, all, won],
      host,
    );
  }

  // -- prices ------------------------------------------------------------------------------------

  function candles(u, at) {
    const { ctx, data } = u;
    const [x, open, high, low, close] = data;
    const [first, last] = u.series[0].idxs;
    if (last <= first) return false;
    const step = (u.valToPos(x[last], "x", true) - u.valToPos(x[first], "x", true)) / (last - first);
    if (step < CANDLE_LEAST * devicePixelRatio) return false;
    const width = Math.max(1, Math.min(Math.floor(step * 0.66), 14 * devicePixelRatio));
    for (const rising of [true, false]) {
      ctx.fillStyle = colour(rising ? "gain" : "loss");
      for (let k = first; k <= last; k++) {
        if (close[k] >= open[k] !== rising) continue;
        const middle = Math.round(u.valToPos(x[k], "x", true));
        const y = [high[k], low[k], open[k], close[k]].map((value) => u.valToPos(value, "y", true));
        const top = Math.min(y[2], y[3]);
        ctx.fillRect(middle, y[0], Math.max(1, devicePixelRatio), y[1] - y[0]);
        ctx.fillRect(middle - Math.floor(width / 2), top, width, Math.max(Math.abs(y[2] - y[3]), 1));
      }
    }
    return true;
  }

  // The close as a line within the reach of highs and lows, where candles would be too thin.
  function line(u) {
    const { ctx, data } = u;
    const [x, , high, low, close] = data;
    const [first, last] = u.series[0].idxs;
    const at = (k, values) => [u.valToPos(x[k], "x", true), u.valToPos(values[k], "y", true)];
    ctx.beginPath();
    for (let k = first; k <= last; k++) ctx.lineTo(...at(k, high));
    for (let k = last; k >= first; k--) ctx.lineTo(...at(k, low));
    ctx.closePath();
    ctx.fillStyle = colour("grid");
    ctx.fill();
    ctx.beginPath();
    for (let k = first; k <= last; k++) ctx.lineTo(...at(k, close));
    ctx.strokeStyle = colour("soft");
    ctx.lineWidth = devicePixelRatio;
    ctx.stroke();
  }

  function triangle(ctx, x, y, size, up) {
    const way = up ? 1 : -1;
    ctx.beginPath();
    ctx.moveTo(x, y - way * size);
    ctx.lineTo(x + size * 0.9, y + way * size * 0.7);
    ctx.lineTo(x - size * 0.9, y + way * size * 0.7);
    ctx.closePath();
    ctx.fill();
    ctx.stroke();
  }

  function trips(u, trades, until) {
    const { ctx } = u;
    const { min, max } = u.scales.x;
    const seen = trades.filter((trade) => trade.begun <= max && (trade.left ?? until) >= min);
    const ratio = devicePixelRatio;
    const size = (seen.length > 400 ? 2.5 : seen.length > 120 ? 4 : 5.5) * ratio;
    const place = (time, price) => [u.valToPos(time, "x", true), u.valToPos(price, "y", true)];
    u.drawn = [];
    ctx.lineWidth = 1.25 * ratio;
    for (const trade of seen) {
      if (trade.left === null) continue;
      ctx.strokeStyle = colour(trade.pnl > 0 ? "gain" : "loss");
      ctx.setLineDash(trade.pnl > 0 ? [] : [4 * ratio, 3 * ratio]);
      ctx.beginPath();
      ctx.moveTo(...place(trade.begun, trade.bought));
      ctx.lineTo(...place(trade.left, trade.sold));
      ctx.stroke();
    }
    ctx.setLineDash([]);
    ctx.strokeStyle = colour("card");
    for (const trade of seen) {
      const [x, y] = place(trade.begun, trade.bought);
      ctx.fillStyle = colour("accent");
      triangle(ctx, x, y, size, trade.side > 0);
      u.drawn.push({ x: x / ratio, y: y / ratio, trade });
      if (trade.left === null) continue;
      const [x2, y2] = place(trade.left, trade.sold);
      ctx.fillStyle = colour(trade.pnl > 0 ? "gain" : "loss");
      ctx.beginPath();
      ctx.arc(x2, y2, size * 0.75, 0, 2 * Math.PI);
      ctx.fill();
      ctx.stroke();
      u.drawn.push({ x: x2 / ratio, y: y2 / ratio, trade });
    }
  }

  function drawPrices(u, trades, until) {
    const { ctx } = u;
    const { left, top, width, height } = u.bbox;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    if (!candles(u)) line(u);
    trips(u, trades, until);
    ctx.restore();
  }

  const worded = (reason) => (reason ? reason.replaceAll("_", " ") : "–");

  function describe(trade, places, currency) {
    const side = trade.side > 0 ? "long" : "short";
    const price = (value) => grouped(value, places);
    const lines = [
      [`${trade.strategy}, ${side} ${grouped(trade.lots, 0)}`],
      [`${moment(trade.begun)} at ${price(trade.bought)}: ${worded(trade.why)}`],
    ];
    if (trade.left === null) lines.push(["still open"]);
    else lines.push([`${moment(trade.left)} at ${price(trade.sold)}: ${worded(trade.whyOut)}`]);
    lines.push([`${signed(trade.pnl)} ${currency}`, trade.pnl > 0 ? "gain" : "loss"]);
    return lines;
  }

  function tip(host, places, currency) {
    const box = document.createElement("div");
    box.className = "tip";
    box.hidden = true;
    host.append(box);
    return (u) => {
      const { left, top } = u.cursor;
      const x = left + u.bbox.left / devicePixelRatio;
      const y = top + u.bbox.top / devicePixelRatio;
      let nearest = null;
      for (const mark of left >= 0 ? (u.drawn ?? []) : []) {
        const away = Math.hypot(mark.x - x, mark.y - y);
        if (away < NEAR && (nearest === null || away < nearest.away)) nearest = { away, ...mark };
      }
      box.hidden = nearest === null;
      if (nearest === null) return;
      const said = describe(nearest.trade, places, currency).map(([text, look], at) => {
        const part = document.createElement(at === 0 || look ? "b" : "div");
        if (look) part.className = look;
        part.textContent = text;
        return part;
      });
      box.replaceChildren(...said);
      const right = nearest.x > host.clientWidth / 2;
      box.style.left = right ? "auto" : `${nearest.x + 14}px`;
      box.style.right = right ? `${host.clientWidth - nearest.x + 14}px` : "auto";
      box.style.top = `${Math.max(nearest.y - 30, 0)}px`;
    };
  }

  function unpacked(each) {
    const scaled = (ticks) => ticks * each.step;
    const close = summed(each.c);
    const beside = (steps) => steps.map((step, at) => scaled(close[at] + step));
    return {
      data: [seconds(each.t), beside(each.o), beside(each.h), beside(each.l), close.map(scaled)],
      trades: each.trades.map(([begun, bought, left, sold, side, pnl, strategy, why, whyOut, lots]) => ({
        begun: begun / 1000,
        bought: bought * each.tick,
        left: left === null ? null : left / 1000,
        sold: sold === null ? null : sold * each.tick,
        side,
        pnl,
        strategy,
        why,
        whyOut,
        lots,
      })),
    };
  }

  function price(host, points, range, number) {
    const each = points.prices[number];
    const { data, trades } = unpacked(each);
    const spell = (value) => grouped(value, each.places);
    const hidden = (label) => ({
      label,
      stroke: ink("soft"),
      paths: () => null,
      points: { show: false },
      value: told(spell),
    });
    const axis = valueAxis(compact);
    return overTime(
      host,
      "price",
      range,
      {
        legend: { markers: { show: false } },
        cursor: { ...TIMED, points: { show: false } },
        scales: { y: { range: roomy } },
        series: [X, hidden("open"), hidden("high"), hidden("low"), hidden("close")],
        axes: [timeAxis(), axis],
        hooks: {
          draw: [(u) => drawPrices(u, trades, points.until / 1000)],
          setCursor: [tip(host, each.places, points.currency)],
        },
      },
      data,
    );
  }

  // -- all ---------------------------------------------------------------------------------------

  const MAKERS = { equity, drawdown, exposure, turnover, holding, price };

  function draw(points) {
    const margin = Math.max((points.until - points.since) / 1000 / 200, 1);
    const range = [points.since / 1000 - margin, points.until / 1000 + margin];
    const made = [...document.querySelectorAll("[data-chart]")].map((host) => {
      const u = MAKERS[host.dataset.chart](host, points, range, Number(host.dataset.n ?? 0));
      return { host, u };
    });
    let asked = 0;
    const fit = () => {
      for (const { host, u } of made) {
        const width = Math.max(host.clientWidth, 200);
        if (width !== u.width) u.setSize({ width, height: u.height });
      }
    };
    addEventListener("resize", () => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(fit);
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      for (const { u } of made) u.redraw(true, true);
    });
    document.querySelectorAll("button.whole").forEach((button) => button.addEventListener("click", whole));
  }

  return { draw };
})();
