"""Opens the store of files made of content that the settings name; does no I/O of its own."""

from urllib.parse import urlsplit

from bootstrap.settings import Settings
from services.authoring.asset_store import AssetStore
from storage.files import FileStore


def open_asset_store(settings: Settings) -> AssetStore:
    """The folder of this home, or a bucket."""
    if not settings.asset_store:
        return FileStore(settings.assets_folder)
    from storage.object_store import Bucket, ObjectStore  # its library only where it is used

    address = urlsplit(settings.asset_store)
    return ObjectStore(
        Bucket(
            name=address.netloc,
            prefix=address.path.strip("/"),
            endpoint=settings.s3_endpoint,
            region=settings.s3_region,
            key_id=settings.s3_key_id,
            secret=settings.s3_secret.get_secret_value(),
        )
    )
