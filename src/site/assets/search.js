// Searches the index: scripts below q/, read when a word needs them. Texts are only ever set as text.
(function () {
  "use strict";
  var SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  var RISKS = ["low", "medium", "high", "critical"], CLASSES = ["read", "write", "execute", "server"];
  var VALUE = {}, loaded = {}, waiting = {}, asked = 0, PAGE = 12, MOST_WORDS = 8;
  for (var i = 0; i < SIGNS.length; i += 1) { VALUE[SIGNS[i]] = i; }

  window.mcpdexIndex = function (kind, number, value) {
    var key = kind + (kind === "start" ? "" : number);
    loaded[key] = kind === "d" ? value.split("\n").filter(Boolean).map(entry) : value;
    (waiting[key] || []).forEach(function (tell) { tell(loaded[key]); });
    delete waiting[key];
  };

  function entry(line) {
    var parts = line.split(" ");
    return { word: parts[0], tools: +parts[1], piece: +parts[2], at: +parts[3] };
  }

  function load(key) {
    if (loaded[key]) { return Promise.resolve(loaded[key]); }
    return new Promise(function (tell, fail) {
      if (waiting[key]) { waiting[key].push(tell); return; }
      waiting[key] = [tell];
      var script = document.createElement("script");
      script.src = "q/" + key + ".js";
      script.onerror = function () { delete waiting[key]; fail(new Error(key)); };
      document.head.appendChild(script);
    });
  }

  // Words as the index has them: names cut at case changes, scripts without blanks into pairs, no accents.
  var PAIRED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]/u;
  function isPaired(c) { return PAIRED.test(c); }
  function plain(text) { return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").normalize("NFC"); }
  function fold(text) { return text.normalize("NFKC").replace(/[^\p{L}\p{N}]/gu, "").toLowerCase(); }
  function words(text) {
    var found = [], run = [], paired = false, before = " ", capitals = 0;
    function flush() {
      if (!run.length) { return; }
      if (paired && run.length > 1) {
        for (var k = 0; k + 1 < run.length; k += 1) { found.push(run[k] + run[k + 1]); }
      } else { found.push(run.slice(0, 64).join("")); }
      run = [];
    }
    Array.from(plain(text)).forEach(function (c) {
      var letter = /[\p{L}\p{N}]/u.test(c) || (paired && /\p{M}/u.test(c));
      var pair = isPaired(c);
      var upper = /\p{Lu}/u.test(c), lower = /\p{Ll}/u.test(c);
      if (!letter || (/[\p{Ll}\p{N}]/u.test(before) && upper) || pair !== paired) { flush(); }
      else if (lower && capitals > 1) { var last = run.pop(); flush(); if (last) { run.push(last); } }
      capitals = upper ? capitals + 1 : 0;
      if (letter) { paired = pair; Array.prototype.push.apply(run, Array.from(c.toLowerCase())); }
      before = c;
    });
    flush();
    return found.filter(function (word, at) { return found.indexOf(word) === at; });
  }

  // The pieces of the dictionary that hold words between `from` and `to`. Words are in the order of their bytes.
  function bytes(text) { return Array.from(text).map(function (c) { return c.codePointAt(0); }); }
  function before(a, b) {
    var x = bytes(a), y = bytes(b);
    for (var k = 0; k < Math.min(x.length, y.length); k += 1) { if (x[k] !== y[k]) { return x[k] < y[k]; } }
    return x.length < y.length;
  }
  // At most so many, those that begin first: a word stands before all that begin with it.
  function pieces(start, from, to, most) {
    var list = [];
    start.first.forEach(function (first, at) {
      var next = start.first[at + 1];
      if ((next === undefined || before(from, next)) && !before(to, first)) { list.push("d" + at); }
    });
    return Promise.all(list.slice(0, most).map(load)).then(function (all) { return [].concat.apply([], all); });
  }

  // How many slips lie between two words, up to `most`; two neighbours exchanged are one.
  function slips(a, b, most) {
    if (Math.abs(a.length - b.length) > most) { return most + 1; }
    var two = [], one = [], row = [];
    for (var j = 0; j <= b.length; j += 1) { one[j] = j; }
    for (var k = 1; k <= a.length; k += 1) {
      row = [k];
      var least = k;
      for (j = 1; j <= b.length; j += 1) {
        row[j] = Math.min(one[j] + 1, row[j - 1] + 1, one[j - 1] + (a[k - 1] === b[j - 1] ? 0 : 1));
        if (k > 1 && j > 1 && a[k - 1] === b[j - 2] && a[k - 2] === b[j - 1]) { row[j] = Math.min(row[j], two[j - 2] + 1); }
        least = Math.min(least, row[j]);
      }
      if (least > most) { return most + 1; }
      two = one; one = row;
    }
    return one[b.length];
  }

  var LAST = "\u{10ffff}";
  // The words of the index that a typed word may mean, best first; with slips only where none is spelled so.
  function meant(start, word, forgiving) {
    return pieces(start, word, word + LAST, 1).then(function (entries) {
      var exact = entries.filter(function (e) { return e.word === word; });
      var longer = entries.filter(function (e) { return e.word !== word && e.word.indexOf(word) === 0; });
      // What few tools have beside a word of many adds nothing but its reading.
      longer = longer.filter(function (e) { return !exact.length || e.tools * 20 > exact[0].tools; });
      longer.sort(function (a, b) { return b.tools - a.tools; });
      var found = exact.map(function (e) { return { entry: e, share: 1 }; });
      if (word.length > 1) {
        found = found.concat(longer.slice(0, 4).map(function (e) { return { entry: e, share: 0.7 }; }));
      }
      if (exact.length || found.length || word.length < 4 || !forgiving) { return found; }
      var most = word.length > 7 ? 2 : 1;
      // A slip is looked for behind the first three signs, then among these: two exchanged, one too many.
      var c = Array.from(word), heads = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]].map(function (of) {
        return of.map(function (at) { return c[at]; }).join("");
      });
      heads = heads.filter(function (head, at) { return heads.indexOf(head) === at; });
      return Promise.all(heads.map(function (head) { return pieces(start, head, head + LAST, 4); })).then(function (all) {
        var near = [], known = {};
        all.forEach(function (list) {
          list.forEach(function (e) {
            if (known[e.word]) { return; }
            known[e.word] = true;
            var distance = slips(word, e.word, most);
            if (distance <= most) { near.push({ entry: e, share: 0.5 / distance, distance: distance }); }
          });
        });
        near.sort(function (a, b) { return a.distance - b.distance || b.entry.tools - a.entry.tools; });
        return near.slice(0, 5);
      });
    });
  }

  function decode(list, each) {
    for (var at = 0; at < list.length; at += 8) {
      var number = 0;
      for (var k = 0; k < 4; k += 1) { number = number * 64 + VALUE[list[at + k]]; }
      var attributes = VALUE[list[at + 4]], traits = VALUE[list[at + 5]] * 64 + VALUE[list[at + 6]];
      each(number, attributes & 3, attributes >> 2, traits, VALUE[list[at + 7]]);
    }
  }

  // How well each tool fits a word.
  function fits(start, word, filters, forgiving) {
    return meant(start, word, forgiving).then(function (found) {
      return Promise.all(found.map(function (one) {
        return load("p" + one.entry.piece).then(function (lists) { return { one: one, list: lists[one.entry.at] }; });
      })).then(function (lists) {
        var fit = new Map(), whole = true;
        lists.forEach(function (got) {
          var weight = got.one.share * (1 + Math.log(start.lines / got.one.entry.tools) / 8);
          if (got.list.length / 8 < got.one.entry.tools) { whole = false; }
          decode(got.list, function (number, risk, kind, traits, how) {
            if (filters.risks.length && filters.risks.indexOf(risk) < 0) { return; }
            if (filters.classes.length && filters.classes.indexOf(kind) < 0) { return; }
            if (filters.trait !== null && !(traits >> filters.trait & 1)) { return; }
            var score = how * weight, known = fit.get(number);
            if (!known || known.score < score) { fit.set(number, { score: score, risk: risk, kind: kind }); }
          });
        });
        return { word: word, fit: fit, whole: whole, near: found.length && found[0].distance ? found[0].entry.word : null };
      });
    });
  }

  function shown(start, hit) {
    return load("t" + Math.floor(hit.number / start.together)).then(function (script) {
      var line = script.d[hit.number % start.together], server = script.s[line[1]];
      return { hit: hit, name: line[0], server: server[0], about: line[3],
        address: "s/" + server[1] + "/" + (line[2] || "index") + ".html" };
    });
  }

  // Answers a question: the hits, best first, and what is to be said of them.
  function answer(start, text, filters) {
    var typed = words(text).slice(0, MOST_WORDS), whole = fold(text);
    var asks = typed.map(function (word) { return fits(start, word, filters, true); });
    // All of it may be a name; a slip in one of its words is looked for in that word.
    var name = typed.length > 1 ? fits(start, whole, filters, false) : Promise.resolve(null);
    return Promise.all([Promise.all(asks), name]).then(function (got) {
      var lists = got[0], exact = got[1], sums = new Map();
      lists.forEach(function (list) {
        list.fit.forEach(function (one, number) {
          var sum = sums.get(number) || { number: number, score: 0, count: 0, risk: one.risk, kind: one.kind };
          sum.score += one.score; sum.count += 1;
          sums.set(number, sum);
        });
      });
      if (exact) {
        exact.fit.forEach(function (one, number) {
          var sum = sums.get(number) || { number: number, score: 0, count: 0, risk: one.risk, kind: one.kind };
          sum.score += 2 * one.score; sum.count = lists.length;
          sums.set(number, sum);
        });
      }
      var all = Array.from(sums.values()), full = all.filter(function (hit) { return hit.count >= lists.length; });
      var loosened = !full.length && all.length > 0;
      var hits = loosened ? all : full;
      hits.sort(function (a, b) { return b.count - a.count || b.score - a.score || a.number - b.number; });
      return { hits: hits, loosened: loosened, bounded: lists.some(function (list) { return !list.whole; }),
        near: lists.filter(function (list) { return list.near; }).map(function (list) { return list.near; }) };
    });
  }

  var input = document.getElementById("words"), form = document.getElementById("asking");
  var told = document.getElementById("told"), list = document.getElementById("hits"), more = document.getElementById("more");
  var found = null, count = 0;

  function element(name, kind, text) {
    var made = document.createElement(name);
    if (kind) { made.className = kind; }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }
  // The bars that stand before a risk on every other page.
  function risk(of) {
    var SVG = "http://www.w3.org/2000/svg", made = element("span", "risk " + RISKS[of]), bars = document.createElementNS(SVG, "svg");
    [["viewBox", "0 0 22 12"], ["width", "22"], ["height", "12"], ["aria-hidden", "true"]].forEach(function (pair) { bars.setAttribute(pair[0], pair[1]); });
    [4, 7, 10, 12].forEach(function (height, at) {
      var bar = document.createElementNS(SVG, "rect");
      [["x", at * 6], ["y", 12 - height], ["width", 4], ["height", height]].forEach(function (pair) { bar.setAttribute(pair[0], pair[1]); });
      if (at > of) { bar.setAttribute("class", "off"); }
      bars.appendChild(bar);
    });
    made.appendChild(bars);
    made.appendChild(document.createTextNode(RISKS[of]));
    return made;
  }
  function draw(line) {
    var item = element("li"), link = element("a");
    link.href = line.address;
    link.appendChild(element("code", "", line.name || line.server));
    item.appendChild(link);
    item.appendChild(document.createTextNode(" "));
    if (line.hit.kind !== 3) { item.appendChild(risk(line.hit.risk)); }
    item.appendChild(document.createTextNode(" "));
    item.appendChild(element("span", "soft", line.hit.kind === 3 ? "server" : CLASSES[line.hit.kind] + " · " + line.server));
    if (line.about) { item.appendChild(element("span", "when", line.about)); }
    return item;
  }
  function next(start, turn) {
    var page = found.hits.slice(count, count + PAGE);
    return Promise.all(page.map(function (hit) { return shown(start, hit); })).then(function (lines) {
      if (turn !== asked) { return; }
      lines.forEach(function (line) { list.appendChild(draw(line)); });
      count += lines.length;
      more.hidden = count >= found.hits.length;
    });
  }
  function say(start, text) {
    var parts = [];
    if (!found.hits.length) {
      parts.push("Nothing found for “" + text + "” among " + start.tools + " tools.");
    } else {
      parts.push((found.bounded ? "The best " : "") + found.hits.length + (found.hits.length === 1 ? " hit" : " hits") + " of " + start.lines + " tools and servers.");
      if (found.near.length) { parts.push("No tool has this word; shown is “" + found.near.join(" ") + "”."); }
      if (found.loosened) { parts.push(found.bounded ? "None of the best for each word has all of them." : "None has all of the words."); }
    }
    told.textContent = parts.join(" ");
  }
  function chosen(name) {
    return Array.from(form.querySelectorAll("input[name=" + name + "]:checked")).map(function (box) { return +box.value; });
  }
  function search() {
    var text = input.value.trim(), turn = (asked += 1), began = performance.now();
    try { history.replaceState(null, "", text ? "?q=" + encodeURIComponent(text) : location.pathname); } catch (error) { /* some browsers keep a file's address */ }
    if (!words(text).length) { list.textContent = ""; more.hidden = true; told.textContent = text ? "There is no letter or digit to look for." : ""; return Promise.resolve(); }
    var wanted = document.getElementById("trait").value;
    var filters = { risks: chosen("risk"), classes: chosen("class"), trait: wanted === "" ? null : +wanted };
    return load("start").then(function (start) {
      return answer(start, text, filters).then(function (got) {
        if (turn !== asked) { return; }
        found = got; count = 0; list.textContent = "";
        return next(start, turn).then(function () {
          if (turn === asked) { say(start, text); list.setAttribute("data-took", (performance.now() - began).toFixed(1)); }
        });
      });
    }, function () { told.textContent = "The index is not there; look through the lists instead."; });
  }
  var typing = 0;
  input.addEventListener("input", function () { window.clearTimeout(typing); typing = window.setTimeout(search, 120); });
  form.addEventListener("change", search);
  form.addEventListener("submit", function (event) { event.preventDefault(); search(); });
  more.addEventListener("click", function () { load("start").then(function (start) { next(start, asked); }); });
  var question = new URLSearchParams(location.search).get("q");
  if (question) { input.value = question; search(); } else { input.focus(); }
}());
