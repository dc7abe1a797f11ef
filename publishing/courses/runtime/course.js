// A page of a course: a lesson is completed once its end was seen, a quiz once it was checked.
(function () {
  "use strict";

  const silent = { start() {}, complete() {}, score() {}, end() {} };
  const reporter = window.Reporter || silent;

  function answersOf(question) {
    const boxes = question.querySelectorAll("input[type=radio], input[type=checkbox]");
    if (boxes.length) return [...boxes].filter((box) => box.checked).map((box) => box.value);
    return [...question.querySelectorAll("input, select")].map((field) => field.value);
  }

  function shown(question, share, words) {
    const verdict = question.querySelector(".verdict");
    question.querySelector("details").hidden = false;
    if (share === null) return;
    verdict.textContent = share === 1 ? words.right : words.wrong;
    verdict.className = "verdict " + (share === 1 ? "right" : "wrong");
    const chosen = new Set(answersOf(question));
    for (const feedback of question.querySelectorAll(".feedback")) {
      feedback.hidden = !chosen.has(feedback.dataset.of);
    }
  }

  function checked(form) {
    const words = form.dataset;
    let earned = 0;
    let possible = 0;
    for (const question of form.querySelectorAll(".question")) {
      const points = Number(question.dataset.points);
      const share = window.Grading.share(answersOf(question), JSON.parse(question.dataset.key));
      shown(question, share, words);
      if (share === null) continue;
      earned += points * share;
      possible += points;
    }
    const score = form.querySelector(".score");
    score.textContent = possible ? `${words.score}: ${round(earned)} / ${round(possible)}` : "";
    score.hidden = !possible;
    if (possible) reporter.score(earned, possible);
    reporter.complete();
  }

  function round(points) {
    return Math.round(points * 100) / 100;
  }

  function quiz(form) {
    for (const details of form.querySelectorAll("details")) details.hidden = true;
    form.querySelector("button").hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      checked(form);
    });
  }

  function lesson(button) {
    const done = () => {
      reporter.complete();
      button.disabled = true;
    };
    button.hidden = false;
    button.addEventListener("click", done);
    if (!("IntersectionObserver" in window)) return;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      done();
    });
    observer.observe(button);
  }

  document.addEventListener("DOMContentLoaded", () => {
    reporter.start();
    const form = document.querySelector("form.quiz");
    const button = document.querySelector("button.finished");
    if (form) quiz(form);
    if (button) lesson(button);
  });
  window.addEventListener("pagehide", () => reporter.end());
})();
