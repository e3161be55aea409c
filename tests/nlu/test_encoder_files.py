"""Only the reviewed weights are loaded; what is missing or strange is said in one line."""

import dataclasses

import pytest

from ketamine_faq.nlu.encoder_files import MODEL, MissingModelError, verified, verify_encoder


def test_the_files_are_the_reviewed_ones():
    verify_encoder()


def test_other_bytes_are_refused():
    with pytest.raises(MissingModelError, match="make setup"):
        verified(dataclasses.replace(MODEL, sha256="0" * 64))


def test_a_missing_package_is_named():
    with pytest.raises(MissingModelError, match="no_such_package"):
        verified(dataclasses.replace(MODEL, package="no_such_package"))
