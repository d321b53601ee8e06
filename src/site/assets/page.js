// What pages do beyond being read: copy a document, show it for another enforcement point.
(function () {
  "use strict";
  document.documentElement.classList.add("js");

  function copy(text, done) {
    function byHand() {
      var area = document.createElement("textarea");
      area.value = text;
      area.setAttribute("readonly", "");
      area.className = "hidden";
      document.body.appendChild(area);
      area.select();
      var ok = false;
      try { ok = document.execCommand("copy"); } catch (error) { ok = false; }
      area.remove();
      done(ok);
    }
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(function () { done(true); }, byHand);
    } else {
      byHand();
    }
  }

  // Documents come with gaps where names stand; what is shown is only ever set as text.
  var block = document.querySelector("[data-policy]"), select = document.getElementById("target"), shapes = {};
  var asked = {}, order = ["as-judged", "block", "limit"];
  window.mcpdexPolicy = function (shape) { shapes[shape.target] = shape; };
  function fill(text) {
    var name = block.getAttribute("data-tool"), lower = name.toLowerCase(), alias = block.getAttribute("data-alias");
    var undotted = name.replace(/\./g, "_");
    var names = [name, lower, alias, block.getAttribute("data-server"), alias.replace(/-/g, "_"),
      lower.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, ""), undotted, undotted.toLowerCase()];
    return text.replace(/[\ue000-\ue007]/g, function (gap) { return names[gap.charCodeAt(0) - 0xe000]; });
  }
  function element(name, kind, text) {
    var made = document.createElement(name);
    made.className = kind;
    made.textContent = text;
    return made;
  }
  function show(target) {
    var shape = shapes[target];
    if (!shape) { return; }
    order.forEach(function (key, at) {
      var variant = block.querySelector('[data-variant="' + key + '"]'), got = shape.documents[at];
      variant.querySelectorAll("figure, .unread").forEach(function (old) { old.remove(); });
      if (got.Ok === undefined) {
        variant.appendChild(element("p", "unread", "None can be vouched for: " + fill(got.Err) + "."));
        return;
      }
      var figure = document.createElement("figure"), caption = document.createElement("figcaption");
      caption.appendChild(element("span", "file", shape.file));
      caption.appendChild(document.createTextNode(" "));
      caption.appendChild(element("span", "soft target", shape.title));
      var pre = element("pre", "code", fill(got.Ok));
      pre.tabIndex = 0;
      figure.appendChild(caption);
      figure.appendChild(pre);
      variant.appendChild(figure);
      button(pre);
    });
    var losses = block.querySelector(".losses"), steps = block.querySelector(".steps"), command = block.querySelector(".command");
    losses.textContent = "";
    shape.losses.forEach(function (told) { losses.appendChild(element("p", "clash", fill(told))); });
    steps.textContent = "";
    shape.steps.forEach(function (step) { steps.appendChild(element("li", "", step)); });
    command.textContent = command.textContent.replace(/[^ ]+$/, target);
  }
  if (block && select) {
    select.addEventListener("change", function () {
      var target = select.value;
      if (shapes[target]) { show(target); return; }
      if (asked[target]) { return; }
      asked[target] = true;
      var script = document.createElement("script");
      script.src = block.getAttribute("data-policy") + target + ".js";
      script.onload = function () { if (select.value === target) { show(target); } };
      script.onerror = function () {
        delete asked[target];
        block.querySelector(".losses").appendChild(element("p", "unread", "These documents are not there; the command below writes them."));
      };
      document.head.appendChild(script);
    });
  }

  function button(pre) {
    var caption = pre.parentNode.querySelector("figcaption");
    if (!caption || pre.hasAttribute("data-escaped")) { return; }
    var made = document.createElement("button");
    made.type = "button";
    made.className = "copy";
    made.textContent = "Copy";
    made.addEventListener("click", function () {
      copy(pre.textContent, function (ok) {
        made.textContent = ok ? "Copied" : "Select and copy by hand";
        made.setAttribute("aria-live", "polite");
        window.setTimeout(function () { made.textContent = "Copy"; }, 2000);
      });
    });
    caption.appendChild(made);
  }
  document.querySelectorAll("figure pre").forEach(button);
}());
