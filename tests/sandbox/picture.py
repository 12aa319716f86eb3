"""Pictures of what the demo wrote, for the README: an issue, the job summary and the report page in Chromium.

`python -m sandbox.picture FOLDER_OF_THE_DEMO OUT`; the browser is the machine's, or Debian's from the cache.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt
from playwright.sync_api import Browser

from browser import chromium
from outside_tools import MissingError

_PAGE = """<!doctype html><meta charset="utf-8"><title>{title}</title><style>
body {{ margin: 24px; max-width: 1132px; background: #fff; color: #1f2328;
  font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }}
h1 {{ font-size: 26px; font-weight: 400; margin: 0 0 8px; }}
h1 b {{ font-weight: 400; color: #59636e; }}
.labels {{ margin-bottom: 16px; }}
.labels span {{ border-radius: 2em; padding: 0 8px; font-size: 12px; line-height: 20px; margin-right: 4px;
  display: inline-block; border: 1px solid #d1d9e0; }}
.box {{ border: 1px solid #d1d9e0; border-radius: 6px; }}
.head {{ background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0;
  padding: 8px 16px; color: #59636e; }}
.head b {{ color: #1f2328; }}
.body {{ padding: 16px; }}
details {{ margin: 0 0 16px; }}
h3 {{ font-size: 17.5px; margin: 24px 0 16px; }}
table {{ border-collapse: collapse; margin: 0 0 16px; }}
th, td {{ border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left; }}
tr:nth-child(2n) td {{ background: #f6f8fa; }}
pre {{ background: #818b981f; border-radius: 6px; padding: 1em; overflow: hidden; }}
pre code {{ background: none; padding: 0; white-space: pre-wrap; }}
code {{ background: #818b981f; border-radius: 6px; padding: .2em .4em; font: 85% ui-monospace, "DejaVu Sans Mono",
  monospace; }}
a {{ color: #0969da; }} hr {{ border: 0; border-top: 4px solid #d1d9e0; margin: 24px 0; }}
</style>{content}"""


def main() -> int:
    """Draw `issue.png`, `summary.png` and `report.png`."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("demo", type=Path, help="the folder that `python -m sandbox.demo --keep` filled")
    arguments.add_argument("out", type=Path)
    given = arguments.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    try:
        _draw_all(given.demo, given.out)
    except MissingError as missing:
        sys.exit(f"No pictures: no browser runs here. {missing}")
    return 0


def _draw_all(demo: Path, out: Path) -> None:
    first = min(demo.glob("issue-*.md"))
    title, _, body = first.read_text(encoding="utf-8").partition("\n\n")
    number = first.stem.removeprefix("issue-")
    issue = _issue_page(title.removeprefix("# "), number, body)
    summary = _page("Summary", _markdown((demo / "summary.md").read_text("utf-8")))
    with chromium() as browser:
        _draw(browser, issue, out / "issue.png", (960, 1180))
        _draw(browser, summary, out / "summary.png", (1180, 760))
        _draw(browser, (demo / "report.html").read_text("utf-8"), out / "report.png", (1160, 2240))


def _issue_page(title: str, number: str, body: str) -> str:
    labels = "".join(f"<span>{name}</span>" for name in ("ci-failure", "github-actions", "automated"))
    return _page(
        title,
        f'<h1>{html.escape(title)} <b>#{number}</b></h1><div class="labels">{labels}</div><div class="box">'
        '<div class="head"><b>github-actions</b> opened this issue</div>'
        f'<div class="body">{_markdown(body)}</div></div>',
    )


def _page(title: str, content: str) -> str:
    return _PAGE.format(title=html.escape(title), content=content)


def _markdown(text: str) -> str:
    visible = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    page = str(MarkdownIt("commonmark", {"html": False}).enable("table").render(visible))
    # Of HTML only the folds are shown as such.
    opened = re.sub(
        r"<p>&lt;details&gt;&lt;summary&gt;(.*?)&lt;/summary&gt;</p>", r"<details><summary>\1</summary>", page
    )
    return opened.replace("<p>&lt;/details&gt;</p>", "</details>")


def _draw(browser: Browser, page: str, picture: Path, size: tuple[int, int]) -> None:
    """Show a page and keep the picture of its beginning."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(page, encoding="utf-8")
        shown = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme="light")
        shown.goto(file.as_uri())
        shown.screenshot(path=picture)
        shown.close()


if __name__ == "__main__":
    sys.exit(main())
