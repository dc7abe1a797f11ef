// Tells a platform by xAPI: cmi5 where it launched us with a fetch address, else as Tin Can.
// Source: cmi5 specification (sections 8 to 10); Tin Can launch by Rustici.
(function () {
  "use strict";

  const VERBS = {
    initialized: "http://adlnet.gov/expapi/verbs/initialized",
    completed: "http://adlnet.gov/expapi/verbs/completed",
    passed: "http://adlnet.gov/expapi/verbs/passed",
    failed: "http://adlnet.gov/expapi/verbs/failed",
    terminated: "http://adlnet.gov/expapi/verbs/terminated",
  };
  const CMI5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5";
  const MOVE_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon";
  const MASTERY = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore";
  const PASSING_SHARE = 0.6;

  const given = new URLSearchParams(window.location.search);
  const endpoint = (given.get("endpoint") || "").replace(/\/?$/, "/");
  const isCmi5 = given.has("fetch");
  const activity = given.get("activityId") || given.get("activity_id") ||
    document.documentElement.dataset.activity;
  const began = Date.now();
  let authorization = given.get("auth") || "";
  let launch = {};
  let mode = "Normal";
  let mastery = PASSING_SHARE;
  let isCompleted = false;
  let isJudged = false;
  let hasEnded = false;
  // Statements are sent one after the other: what they mean depends on their order.
  let queue = Promise.resolve();

  function parsed(text, fallback) {
    try {
      return JSON.parse(text);
    } catch {
      return fallback;
    }
  }

  // Tin Can gives lists where xAPI wants single texts.
  function actor() {
    const one = parsed(given.get("actor"), { name: "Learner", mbox: "mailto:learner@example.org" });
    const first = (value) => (Array.isArray(value) ? value[0] : value);
    if (isCmi5) return one;
    return { ...one, name: first(one.name), mbox: first(one.mbox), objectType: "Agent" };
  }

  function duration() {
    return `PT${Math.max(0, (Date.now() - began) / 1000).toFixed(2)}S`;
  }

  function request(path, body, method = "POST", keepalive = false) {
    return fetch(endpoint + path, {
      method,
      keepalive,
      headers: {
        "Authorization": authorization,
        "Content-Type": "application/json",
        "X-Experience-API-Version": "1.0.3",
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  function statement(verb, result, counts) {
    const context = { ...(launch.contextTemplate || {}) };
    if (given.get("registration")) context.registration = given.get("registration");
    if (isCmi5) {
      const categories = [{ id: CMI5 }, ...(counts ? [{ id: MOVE_ON }] : [])];
      const activities = context.contextActivities || {};
      const category = [...(activities.category || []), ...categories];
      context.contextActivities = { ...activities, category };
      if (verb === "passed" || verb === "failed") {
        context.extensions = { ...(context.extensions || {}), [MASTERY]: mastery };
      }
    }
    return {
      id: crypto.randomUUID(),
      timestamp: new Date().toISOString(),
      actor: actor(),
      verb: { id: VERBS[verb], display: { en: verb } },
      object: { id: activity, objectType: "Activity" },
      ...(result ? { result } : {}),
      context,
    };
  }

  function tell(verb, result, counts = false, isLast = false) {
    if (!given.get("endpoint")) return;
    queue = queue
      .then(() => request("statements", statement(verb, result, counts), "POST", isLast))
      .catch((error) => console.warn("The platform was not told:", verb, error));
  }

  async function opened() {
    if (!isCmi5) return;
    const answer = await fetch(given.get("fetch"), { method: "POST" });
    authorization = `Basic ${(await answer.json())["auth-token"]}`;
    const query = new URLSearchParams({
      activityId: activity,
      agent: given.get("actor"),
      stateId: "LMS.LaunchData",
      registration: given.get("registration"),
    });
    const state = await request(`activities/state?${query}`, undefined, "GET");
    launch = state.ok ? await state.json() : {};
    mode = launch.launchMode || "Normal";
    if (typeof launch.masteryScore === "number") mastery = launch.masteryScore;
  }

  window.Reporter = {
    start() {
      if (!given.get("endpoint")) return;
      queue = opened().catch((error) => console.warn("The platform did not let us in:", error));
      tell("initialized");
    },
    complete() {
      queue.then(() => {
        if (isCompleted || mode !== "Normal") return;
        isCompleted = true;
        tell("completed", { completion: true, duration: duration() }, true);
      });
    },
    score(earned, possible) {
      queue.then(() => {
        if ((isCmi5 && isJudged) || mode !== "Normal") return;
        isJudged = true;
        const scaled = Math.round((earned / possible) * 10000) / 10000;
        const success = scaled >= mastery;
        const score = { scaled, raw: earned, min: 0, max: possible };
        tell(success ? "passed" : "failed", { success, score, duration: duration() }, true);
      });
    },
    end() {
      if (hasEnded) return;
      hasEnded = true;
      tell("terminated", { duration: duration() }, false, true);
    },
  };
})();
