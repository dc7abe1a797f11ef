// Tells a platform by SCORM 1.2: completion, score and time, through the API object of a window above.
// Source: ADL, SCORM 1.2 Run-Time Environment, chapter 3.
(function () {
  "use strict";

  const PASSING_SHARE = 0.6;
  const HIGHEST_WINDOW = 20;
  let began = 0;
  let isOpen = false;
  let status = "incomplete";

  function found() {
    for (const start of [window, window.opener]) {
      let at = start;
      for (let level = 0; at && level < HIGHEST_WINDOW; level += 1) {
        try {
          if (at.API) return at.API;
        } catch {
          break; // A window of another origin says nothing.
        }
        if (at.parent === at) break;
        at = at.parent;
      }
    }
    return null;
  }

  const api = found();

  function set(name, value) {
    if (isOpen) api.LMSSetValue(name, String(value));
  }

  function time(milliseconds) {
    const seconds = Math.floor(milliseconds / 1000);
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.min(9999, Math.floor(seconds / 3600));
    return `${String(hours).padStart(4, "0")}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  }

  window.Reporter = {
    start() {
      if (!api || isOpen) return;
      isOpen = api.LMSInitialize("") === "true" || api.LMSInitialize("") === true;
      if (!isOpen) return;
      began = Date.now();
      const before = api.LMSGetValue("cmi.core.lesson_status");
      if (before === "completed" || before === "passed" || before === "failed") status = before;
      else set("cmi.core.lesson_status", status);
      api.LMSCommit("");
    },
    complete() {
      if (status !== "passed" && status !== "failed") status = "completed";
      set("cmi.core.lesson_status", status);
      if (isOpen) api.LMSCommit("");
    },
    score(earned, possible) {
      const share = earned / possible;
      set("cmi.core.score.min", 0);
      set("cmi.core.score.max", 100);
      set("cmi.core.score.raw", Math.round(share * 10000) / 100);
      status = share >= PASSING_SHARE ? "passed" : "failed";
    },
    end() {
      if (!isOpen) return;
      set("cmi.core.session_time", time(Date.now() - began));
      set("cmi.core.exit", "");
      api.LMSFinish("");
      isOpen = false;
    },
  };
})();
