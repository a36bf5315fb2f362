"""The folder: its pages appear together or not at all, and replace nothing but such pages."""

from pathlib import Path

from retrain.deployment.overview import Registry
from retrain.errors import UserError
from retrain.files import whole_folder
from retrain.site import history, index, version
from retrain.site.html import GENERATOR

INDEX = "index.html"


def write(known: Registry, folder: Path) -> int:
    """Write the pages of a registry into a folder; return how many there are."""
    _check(folder)
    found = history.read(known)
    pages = {INDEX: index.render(found)}
    pages |= {shown.page: version.render(found, shown) for shown in found.versions}
    with whole_folder(folder) as scratch:
        for name, text in pages.items():
            (scratch / name).write_text(text, "utf-8")
    return len(pages)


def _check(folder: Path) -> None:
    """Raise where a folder holds something else: it would be lost."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UserError(f"{folder} is not a folder; name another one: retrain site FOLDER")
    if not folder.exists() or not any(folder.iterdir()):
        return
    first = folder / INDEX
    if not first.is_file() or f'content="{GENERATOR}"' not in first.read_text("utf-8", "replace"):
        raise UserError(
            f"{folder} holds other files, which would be lost; name a new folder: "
            "retrain site FOLDER"
        )
