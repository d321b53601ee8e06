// What pages do beyond being read: copy a document.
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

  document.querySelectorAll("figure pre").forEach(function (pre) {
    var caption = pre.parentNode.querySelector("figcaption");
    if (!caption || pre.hasAttribute("data-escaped")) { return; }
    var button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", function () {
      copy(pre.textContent, function (ok) {
        button.textContent = ok ? "Copied" : "Select and copy by hand";
        button.setAttribute("aria-live", "polite");
        window.setTimeout(function () { button.textContent = "Copy"; }, 2000);
      });
    });
    caption.appendChild(button);
  });
}());
