"""The image server's view of the store for the length of one request: published snapshots, and their smart crops."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from domain.findings import SmartCrop
from publishing.image_catalog import CatalogAttributes, PublishedImage
from server.dispatch import Services
from store.image_formats import find_commands
from store.published import find_published
from store.smart_crops import find_crop


class StoreCatalog:
    """A catalog that finds snapshots in the store and keeps their files at hand until it is closed."""

    def __init__(self, services: Services, files: ExitStack) -> None:
        self._services = services
        self._files = files

    def find(self, root_id: str, object_id: str) -> PublishedImage | None:
        """Return the published image, or None."""
        with self._services.database.read() as tx:
            found = find_published(tx, root_id, object_id)
        if found is None or found.derivatives.pyramid is None:
            return None
        made, key = found.derivatives, found.derivatives.pyramid.key
        return PublishedImage(
            root_id=root_id,
            name=found.name,
            pyramid=self._files.enter_context(self._services.blobs.as_file(key)),
            width=made.width,
            height=made.height,
            has_alpha=made.has_alpha,
            published_at=found.published_at,
            revision=f"{found.asset_id}.{found.revision}.{key[:16]}",
            colour_space=made.colour_space,
            resolution_ppi=made.resolution,
        )

    def find_crop(self, root_id: str, object_id: str, name: str) -> SmartCrop | None:
        """Return the smart crop of the image as it is now, or None."""
        with self._services.database.read() as tx:
            found = find_published(tx, root_id, object_id)
            return find_crop(tx, found.asset_id, name) if found else None

    def macro(self, root_id: str, name: str) -> str | None:
        """Return the commands of the company's image format of this name as it is now, or None."""
        with self._services.database.read() as tx:
            return find_commands(tx, root_id, name)

    def attributes(self, root_id: str) -> CatalogAttributes:  # noqa: ARG002 - the same for every company
        """Return the settings, which are the same for every company."""
        return CatalogAttributes(missing_status=self._services.settings.missing_image_status)


@contextmanager
def open_catalog(services: Services) -> Iterator[StoreCatalog]:
    """Yield a catalog whose files stay readable until the block ends."""
    with ExitStack() as files:
        yield StoreCatalog(services, files)
