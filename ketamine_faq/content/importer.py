"""Rasa importer: adds the responses of content/ to the domain."""

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.utils.common import cached_method

from ketamine_faq.content.texts import topic_files


class ContentImporter(RasaFileImporter):
    """Reads the project as Rasa does, and the words from content/, one file a topic."""

    @cached_method
    def get_domain(self) -> Domain:
        """Return domain.yml with the responses of every file in content/; raises ContentError."""
        domain = super().get_domain()
        for path in topic_files():
            domain = domain.merge(Domain.from_file(str(path)))
        return domain
