"""Rasa importer: adds the responses of content/ to the domain, and reads the examples of data/."""

from pathlib import Path

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from ketamine_faq.content.texts import topic_files
from ketamine_faq.nlu.examples import read_examples, training_data


class Importer(RasaFileImporter):
    """Reads the project as Rasa does, with the words from content/, one file a topic."""

    @cached_method
    def get_domain(self) -> Domain:
        """Return domain.yml with the responses of every file in content/; raises ContentError."""
        domain = super().get_domain()
        for path in topic_files():
            domain = domain.merge(Domain.from_file(str(path)))
        return domain

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return the examples of the files that Rasa was told to read; raises ExamplesError."""
        return training_data(read_examples(sorted(Path(file) for file in self._nlu_files)))
