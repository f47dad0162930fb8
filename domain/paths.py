"""What virtual paths are made of: the rules that every source of file names is held to."""

MAX_NAME = 255
MAX_PATH = 2000


def is_plain(path: str) -> bool:
    """Return whether the names in ``path``, with slashes between them, are neither ``.`` nor ``..``.

    A name with a backslash or a control character is not plain either.
    """
    return not any(part in (".", "..") or "\\" in part or not part.isprintable() for part in path.split("/"))


def rooted(root: str, path: str) -> str:
    """Return a company's folder with its trailing slash, from a path with or without the company's root in front."""
    below = path if path.partition("/")[0] == root else f"{root}/{path}"
    return below.rstrip("/") + "/"


def is_hidden(path: str) -> bool:
    """Return whether a file is one that desktops leave behind: a name with a leading dot, or macOS's side files."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))
