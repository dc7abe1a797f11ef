// How answers are judged. Each key says its kind; a share of 0 to 1 is what is right of it.
(function (root) {
  "use strict";

  function folded(text) {
    return String(text).normalize("NFC").trim().replace(/\s+/g, " ").toLocaleLowerCase();
  }

  function isNumber(text, key) {
    const written = folded(text).replace(",", ".");
    const value = Number.parseFloat(written);
    return written !== "" && Number.isFinite(value) &&
      Math.abs(value - key.value) <= key.tolerance + 1e-9 * Math.max(1, Math.abs(key.value));
  }

  function isWord(text, accepted) {
    return accepted.some((one) => folded(one) === folded(text));
  }

  // Answers are lists of texts, in the order of the fields of a question.
  const shares = {
    choice(answers, key) {
      const chosen = new Set(answers);
      return chosen.size === key.right.length && key.right.every((one) => chosen.has(one)) ? 1 : 0;
    },
    number(answers, key) {
      return isNumber(answers[0] || "", key) ? 1 : 0;
    },
    fields(answers, key) {
      const right = key.accepted.filter((accepted, at) => isWord(answers[at] || "", accepted));
      return right.length / key.accepted.length;
    },
  };

  function share(answers, key) {
    return key.kind in shares ? shares[key.kind](answers, key) : null;
  }

  root.Grading = { share };
})(typeof globalThis === "undefined" ? this : globalThis);
