"""The report as one HTML file with plots: it asks nothing of a server, of another file or of a script."""

from pathlib import Path

from ketamine_faq.insights.report import MOST_MESSAGES, Report
from ketamine_faq.insights.tables import judged, most_first, readable, tables, week_name
from ketamine_faq.templates import templates

TEMPLATES = Path(__file__).with_name("templates")

_environment = templates(TEMPLATES)
_environment.filters |= {"readable": readable, "week_name": week_name}


def page(report: Report) -> str:
    """Return the page; whatever stands in the report is shown as text."""
    return _environment.get_template("page.html").render(
        report=report,
        tables=tables(report),
        topics=most_first(report.topics),
        subjects=most_first(report.subjects),
        judged=judged(report),
        most_messages=MOST_MESSAGES,
    )
