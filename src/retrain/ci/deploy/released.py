"""The release that the forge has of a version: whether it is of the files that are deployed."""

from pathlib import Path

from retrain.ci import provider
from retrain.deployment import bundle
from retrain.errors import UserError
from retrain.files import sha256

RUN = (bundle.FILE, bundle.LOADING, bundle.REQUIREMENTS)  # what makes a consumer's machine run


def is_there(tag: str, folder: Path) -> bool:
    """Tell whether a version's release is published; raise where it is not of a folder's files.

    Who may write to the repository could have made it before.
    """
    if (found := provider.releases().sums(tag, RUN)) is None:
        return False
    for name in RUN:
        if found.get(name) != (own := sha256(folder / name)):
            raise UserError(
                f"the release {tag} is there already, and its {name} is not the one of this "
                f"version (SHA-256 {own}); see who has made it, delete it, and begin a new "
                "deployment"
            )
    return True
