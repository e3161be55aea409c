"""The tables of the staff's page. A change of one is a revision, too: ketamine_faq/storage/migrations/."""

import sqlalchemy as sa

from ketamine_faq.storage.database import Base


class AuditRow(Base):
    """What one of the staff has done or looked at; `reference` is the enquiry's, or the id of a text."""

    __tablename__ = "staff_audit"

    id = sa.Column(sa.Integer, primary_key=True)
    at = sa.Column(sa.Float, nullable=False, index=True)
    who = sa.Column(sa.String(200), nullable=False)
    role = sa.Column(sa.String(20), nullable=False)
    action = sa.Column(sa.String(40), nullable=False)
    reference = sa.Column(sa.String(200), nullable=False, default="")


class LinkRow(Base):
    """A link that lets one person in, once; kept under the hash of its secret."""

    __tablename__ = "staff_links"

    hash = sa.Column(sa.String(64), primary_key=True)
    name = sa.Column(sa.String(200), nullable=False)
    role = sa.Column(sa.String(20), nullable=False)
    expires = sa.Column(sa.Float, nullable=False)
    used_at = sa.Column(sa.Float)


class SessionRow(Base):
    """Who is logged in; kept under the hash of the cookie's secret. `used_at` is the latest request."""

    __tablename__ = "staff_sessions"

    hash = sa.Column(sa.String(64), primary_key=True)
    name = sa.Column(sa.String(200), nullable=False)
    role = sa.Column(sa.String(20), nullable=False)
    csrf = sa.Column(sa.String(64), nullable=False)
    expires = sa.Column(sa.Float, nullable=False)
    used_at = sa.Column(sa.Float, nullable=False)


class AnswerReviewRow(Base):
    """A person's verdict, `right` or `wrong`, on the topic that a message was answered with.

    The message is masked; the conversation is its id, so that both are erased together.
    """

    __tablename__ = "answer_reviews"

    id = sa.Column(sa.Integer, primary_key=True)
    conversation = sa.Column(sa.String(80), nullable=False, index=True)
    message = sa.Column(sa.Text, nullable=False)
    asked_at = sa.Column(sa.Float, nullable=False, index=True)
    topic = sa.Column(sa.String(80), nullable=False)
    verdict = sa.Column(sa.String(10), nullable=False)
    who = sa.Column(sa.String(200), nullable=False)
    at = sa.Column(sa.Float, nullable=False)
