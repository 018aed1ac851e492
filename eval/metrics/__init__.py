"""Measure answers, rankings and confidences: one function a metric, with its paper.

To add a metric, touch three files: its function here, in `answers.py` (text and citations),
`span_sets.py` (answers of several spans), `cells.py` (cells of tables, counts), `verdicts.py`,
`ranking.py` (lists of passages) or `calibration.py` (confidence); its line in `METRICS` and its
value in a question's row, both in `report/score.py`, the value in `report/score_forms.py` where it
is of one form; its test, a small case computed by hand.
Report, floors, intervals and comparison follow `METRICS`.
"""
