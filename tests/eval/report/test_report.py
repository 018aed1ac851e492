import json
import re
from html.parser import HTMLParser

from eval_fakes import FACTOID, QUESTIONS, TableSystem, make_run
from inquote.eval.metrics.bootstrap import Estimate
from inquote.eval.metrics.calibration import Bin
from inquote.eval.report.plots import bars, histogram, reliability_plot
from inquote.eval.report.report import html, markdown, write_report
from inquote.eval.report.summary import summarise
from inquote.eval.report.tables import Table, as_html, as_markdown, format_figure

BAD = '<script>alert("x")</script> | a_b'


def hostile_summary():
    questions = [
        *QUESTIONS,
        FACTOID.__class__("q-6", BAD, "why", True, answers=(BAD,), evidence=FACTOID.evidence),
    ]
    return summarise(make_run(questions=questions), {"other": make_run(TableSystem({}), questions)})


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []
        self.seen = set()
        self.references = []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.references += [value for name, value in attrs if name in ("src", "href", "xlink:href")]
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_three_files_are_written(tmp_path):
    write_report(summarise(make_run()), ["a sentence"], tmp_path / "out")
    content = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert content["figures"]["exact_match"]["value"] == 0.5
    assert content["figures"]["exact_match"]["n"] == 4
    assert content["floors_broken"] == ["a sentence"]
    assert (
        (tmp_path / "out" / "report.md")
        .read_text(encoding="utf-8")
        .startswith("# table on tern.jsonl, 5 questions")
    )
    assert "a sentence" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_the_page_is_well_formed_and_loads_nothing():
    tags = _Tags()
    tags.feed(html(hostile_summary(), []))
    assert tags.open == []
    assert tags.references == []
    assert "script" not in tags.seen
    assert {"svg", "table"} <= tags.seen


def test_text_is_escaped_in_the_page_and_in_markdown():
    summary = hostile_summary()
    assert "<script>" not in html(summary, [BAD])
    assert "\\<script\\>" in markdown(summary, [])
    assert "\\| a\\_b" in markdown(summary, [])


def test_the_page_has_both_themes_and_four_plots():
    page = html(summarise(make_run()), [])
    assert "prefers-color-scheme: dark" in page
    assert page.count("<svg") == 4


def test_baselines_stand_beside_the_full_system():
    text = markdown(hostile_summary(), [])
    assert re.search(r"\|  \| other \| full system \|", text)


def test_a_run_in_which_everything_failed_still_has_a_report(tmp_path):
    class Broken(TableSystem):
        def ask(self, question, history=(), scope=None):
            raise RuntimeError("gone")

    write_report(summarise(make_run(Broken())), [], tmp_path)
    assert "RuntimeError: gone" in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_figures_for_people():
    assert format_figure(None) == format_figure(Estimate(None, None, None, 0)) == "-"
    assert format_figure(Estimate(0.98765, 0.9, 1.0, 3)) == "0.988"


def test_a_table_in_markdown():
    table = Table("Name", ("", "x"), (("a|b", "1"),))
    assert as_markdown(table) == "## Name\n\n|  | x |\n| --- | ---: |\n| a\\|b | 1 |\n"


def test_a_table_in_html_escapes_its_cells():
    assert '<td class="left">a &lt; b</td>' in as_html(Table("Name", ("x",), (("a < b",),)))


def test_a_bar_is_as_high_as_its_share_and_shows_its_count():
    plot = reliability_plot([Bin(0.5, 0.6, 7, 0.55, 0.5)])
    assert 'y="135.0"' in plot  # halfway between top 14 and ground 256
    assert 'height="121.0"' in plot
    assert ">7</text>" in plot


def test_a_histogram_counts_every_value_once():
    counts = [
        int(found)
        for found in re.findall(
            r"<title>[^<]*: (\d+)</title>", histogram([1.0, 2.0, 2.1, 40.0], "ms")
        )
    ]
    assert (sum(counts), counts[-1], len(counts)) == (4, 1, 20)


def test_a_bar_without_a_figure_says_so():
    assert ">none</text>" in bars([("why", None, None, None)])
