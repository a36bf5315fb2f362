"""One file of an archive that a forge has stored, fetched within limits.

GitHub's own action fails on GitHub Enterprise Server, and its older versions know no other run.
"""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZipFile

import requests
from requests.adapters import HTTPAdapter

from retrain.errors import UserError
from retrain.forges import rest

LARGEST = 1_000_000  # bytes, compressed
PART = 65_536  # bytes


def fetched(url: str, headers: Mapping[str, str], name: str, largest: int) -> bytes | None:
    """Return a file of the archive, cut after `largest` bytes; None: the archive is gone.

    A file that is not in there, or cannot be read, is empty.

    Raises:
        UserError: if the forge cannot be reached.
    """
    try:
        archive = _archive(url, headers)
    except requests.RequestException as error:
        raise UserError(
            f"the run's report cannot be fetched ({type(error).__name__}); run it again"
        ) from None
    if archive is None:
        return None
    try:
        with ZipFile(BytesIO(archive)) as files, files.open(name) as file:
            return file.read(largest)  # and no more: a small archive may hold a huge file
    except Exception:  # a stranger may have written it: many things can be wrong with it
        return b""


def _archive(url: str, headers: Mapping[str, str]) -> bytes | None:
    """Return the archive as it is stored, or None: it is gone, or too large."""
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=rest.RETRY))
        found = session.get(url, headers=dict(headers), timeout=rest.TIMEOUT, allow_redirects=False)
        if not found.is_redirect:
            _raise_if_out_of_order(found)
            return None
        # the store's address is signed, and the token is not for it
        with session.get(found.headers["Location"], timeout=rest.TIMEOUT, stream=True) as stored:
            content = b""
            for part in stored.iter_content(PART):
                content += part
                if len(content) > LARGEST:
                    return None
            _raise_if_out_of_order(stored)
            return content if stored.ok else None


def _raise_if_out_of_order(answer: requests.Response) -> None:
    """Raise where a run may have left a report that cannot be had at the moment."""
    if answer.status_code >= 500 or answer.status_code in (403, 429):
        raise UserError(f"the run's report cannot be fetched ({answer.status_code}); run it again")
