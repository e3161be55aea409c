"""Our n-grams are scikit-learn's."""

from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from ketamine_faq.nlu.ngrams import NGrams
from tests.training_data import examples

TEXTS = [example.text for example in examples()][::40]
ASKED = [*TEXTS[:20], "", "zzzz qqqq", "What's the DOSE, and how often??"]


def test_rows_are_those_of_its_vectorizers(tmp_path: Path):
    settings = {"sublinear_tf": True, "min_df": 2, "dtype": np.float32}
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), **settings)
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\b\w+\b", **settings)
    theirs = FeatureUnion([("characters", characters), ("words", words)]).fit(TEXTS).transform(ASKED)
    ngrams, learned = NGrams.fit(TEXTS)
    ngrams.save(tmp_path)
    ours = NGrams.load(tmp_path).rows(ASKED)
    assert ours.shape == theirs.shape
    assert np.abs((ours - theirs).toarray()).max() < 1e-6
    # Those of what was learned from come along, and are the same.
    again = ngrams.rows(TEXTS)
    assert learned.shape == again.shape
    assert abs(learned - again).max() < 1e-6
