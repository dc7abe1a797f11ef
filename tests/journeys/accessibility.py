"""What axe-core finds wrong with a view, in both themes."""

from pathlib import Path

import pytest

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""Rules that a theme can break: it changes the colours of web/src/tokens.css and nothing else."""
SHOW_THEME = """theme => {
  const { dataset } = document.documentElement;
  const before = dataset.theme;
  if (theme !== null) dataset.theme = theme;
  return before;
}"""
PHONE_WIDTH = 390


def violations(page) -> list[str]:
    """Every rule that the view breaks, with the theme and the first element that does."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; `make page` installs it")
    page.evaluate(AXE.read_text())
    usual = page.evaluate(SHOW_THEME, None)
    found = []
    for theme, rules in (("light", RULES), ("dark", OF_COLOURS)):
        page.evaluate(SHOW_THEME, theme)
        broken = page.evaluate(
            "rules => axe.run(document, { runOnly: rules }).then(result => result.violations.map("
            "rule => `${rule.id}: ${rule.nodes[0].html}`))",
            rules,
        )
        found += [f"{theme}: {rule}" for rule in broken]
    page.evaluate(SHOW_THEME, usual)
    return found


def overflow_on_a_phone(page) -> int:
    """Pixels by which the view is wider than a phone; the window is left as it was."""
    usual = page.viewport_size
    page.set_viewport_size({"width": PHONE_WIDTH, "height": 844})
    width = page.evaluate("() => document.documentElement.scrollWidth")
    page.set_viewport_size(usual)
    return max(0, width - PHONE_WIDTH)
