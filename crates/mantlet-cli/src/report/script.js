// Plays the raid on the maps that are already drawn. Without this the page shows
// the whole raid at once.
(function () {
  "use strict";
  var raid = JSON.parse(document.getElementById("raid").textContent);
  var root = document.getElementById("raid-map");
  var from = raid.span[0], to = raid.span[1];
  var slider = document.getElementById("time"), clock = document.getElementById("clock");
  var said = document.getElementById("said"), play = document.getElementById("play");
  if (!root || !raid.tracks.length) return;
  root.querySelector(".controls").hidden = false;

  var panels = [].map.call(root.querySelectorAll("[data-panel]"), function (svg) {
    var view = raid.panels[svg.dataset.panel];
    var pick = function (name) {
      var found = {};
      svg.querySelectorAll("[data-" + name + "]").forEach(function (el) {
        found[el.getAttribute("data-" + name)] = el;
      });
      return found;
    };
    var tracks = pick("track"), still = {};
    Object.keys(tracks).forEach(function (i) { still[i] = tracks[i].getAttribute("d"); });
    return {
      svg: svg, k: view.k, still: still, tracks: tracks, heads: pick("head"),
      ellipses: pick("ellipse"), zones: svg.querySelectorAll("[data-zone]"),
      timed: svg.querySelectorAll("[data-time]"), after: pick("after"),
      at: function (e, n, u) {
        var a = view.a;
        return [a[0][0] * e + a[0][1] * n + a[0][2] * u + a[0][3],
                a[1][0] * e + a[1][1] * n + a[1][2] * u + a[1][3]];
      }
    };
  });
  var strips = document.querySelector(".timeline");
  var heads = document.querySelectorAll(".timeline .playhead");
  var axis = strips && [+strips.dataset.from, +strips.dataset.to];

  function until(samples, t) { // the samples up to t, the last one interpolated
    var out = [], i = 0;
    while (i < samples.length && samples[i][0] <= t) out.push(samples[i++]);
    if (out.length && i < samples.length) {
      var a = samples[i - 1], b = samples[i], f = (t - a[0]) / (b[0] - a[0]);
      out.push([t, a[1] + f * (b[1] - a[1]), a[2] + f * (b[2] - a[2]), a[3] + f * (b[3] - a[3])]);
    }
    return out;
  }
  function last(list, t) {
    for (var i = list.length - 1; i >= 0; i--) if (list[i][0] <= t) return list[i];
    return null;
  }
  function on(el, yes) { if (el) el.classList.toggle("on", yes); }

  function draw(t) {
    var flying = 0, shot = 0, landed = 0;
    root.classList.add("playing");
    if (strips) strips.classList.add("playing");
    var flown = raid.tracks.map(function (track) {
      var started = track.s.length && track.s[0][0] <= t, ended = track.end !== null && track.end <= t;
      if (track.threat && started) { if (!ended) flying++; else if (track.shot) shot++; else landed++; }
      return { points: until(track.s, t), flying: started && !ended, ended: ended };
    });
    panels.forEach(function (panel) {
      if (!panel.svg.getClientRects().length) return; // the other screen's
      flown.forEach(function (f, i) {
        var line = panel.tracks[i], head = panel.heads[i], ellipse = panel.ellipses[i];
        if (line) {
          line.setAttribute("d", f.points.map(function (s, k) {
            var p = panel.at(s[1], s[2], s[3]);
            return (k ? "L" : "M") + p[0].toFixed(1) + " " + p[1].toFixed(1);
          }).join("") || "M0 0");
        }
        if (head) {
          on(head, f.flying);
          if (f.flying) {
            var s = f.points[f.points.length - 1], p = panel.at(s[1], s[2], s[3]);
            head.setAttribute("cx", p[0]); head.setAttribute("cy", p[1]);
          }
        }
        if (ellipse) {
          var e = f.flying && last(raid.tracks[i].p, t);
          on(ellipse, !!e);
          if (e) {
            var c = panel.at(e[1], e[2], 0);
            ellipse.setAttribute("rx", e[3] * panel.k); ellipse.setAttribute("ry", e[4] * panel.k);
            ellipse.setAttribute("transform", "translate(" + c[0] + " " + c[1] + ") rotate(" + -e[5] + ")");
          }
        }
        on(panel.after[i], f.ended);
      });
      panel.timed.forEach(function (el) { on(el, +el.dataset.time <= t); });
      panel.zones.forEach(function (el) {
        var m = last(raid.zones[el.dataset.zone].sent, t);
        el.classList.toggle("warned", !!m && m[1] === 1);
      });
    });
    heads.forEach(function (line) {
      var x = 100 * (t - axis[0]) / (axis[1] - axis[0]);
      line.setAttribute("x1", x + "%"); line.setAttribute("x2", x + "%");
      on(line, x >= 0 && x <= 100);
    });
    var warned = raid.zones.filter(function (z) { var m = last(z.sent, t); return m && m[1] === 1; })
      .map(function (z) {
        var left = z.danger === null ? -1 : z.danger - t;
        return z.name + (left > 0 ? " (" + left.toFixed(0) + "\u00a0s left)" : "");
      });
    clock.textContent = t.toFixed(1) + "\u00a0s";
    said.textContent = flying + " in the air" + (shot ? ", " + shot + " shot down" : "") +
      (landed ? ", " + landed + " landed" : "") + ". " +
      (warned.length ? "Warned: " + warned.join(", ") + "." : "No warning in force.");
  }

  function whole() {
    root.classList.remove("playing");
    if (strips) strips.classList.remove("playing");
    panels.forEach(function (panel) {
      Object.keys(panel.still).forEach(function (i) { panel.tracks[i].setAttribute("d", panel.still[i]); });
      panel.zones.forEach(function (el) { el.classList.toggle("warned", el.dataset.still === "warned"); });
    });
    clock.textContent = "whole raid";
    said.textContent = "";
  }

  var running = null, now = to;
  function show(t) {
    now = t;
    slider.value = Math.round(1000 * (t - from) / (to - from));
    if (t >= to) whole(); else draw(t);
  }
  function stop() {
    if (running) cancelAnimationFrame(running);
    running = null; play.textContent = "Play"; play.setAttribute("aria-label", "Play the raid");
  }
  function start() {
    var before = null, speed = Math.max(1, (to - from) / 24); // the whole raid in at most 24 s
    if (now >= to) now = from;
    play.textContent = "Pause"; play.setAttribute("aria-label", "Pause the raid");
    (function step(stamp) {
      if (before !== null) show(Math.min(to, now + speed * (stamp - before) / 1000));
      if (now >= to && before !== null) { stop(); return; }
      before = stamp === undefined ? null : stamp;
      running = requestAnimationFrame(step);
    })();
  }
  play.addEventListener("click", function () { if (running) stop(); else start(); });
  slider.addEventListener("input", function () {
    stop(); show(from + (to - from) * slider.value / 1000);
  });
  addEventListener("resize", function () { if (now < to) draw(now); });
  addEventListener("beforeprint", function () { stop(); show(to); });
  // A link such as report.html#t=24.5 opens at that second.
  var asked = /^#t=([0-9.]+)$/.exec(location.hash);
  if (asked) show(Math.min(to, Math.max(from, +asked[1])));
})();
