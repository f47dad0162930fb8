"""What can go wrong with an image, as types. Turning these into log rows, faults or replies is left to the callers."""
# ruff: noqa: N818 (each name says what is wrong; the root says that it is an error)


class ImagingError(Exception):
    """Root of all errors of this package; the message is a clause fit for a user and never holds a path.

    ``clause`` has placeholders such as ``{width}`` for ``values``, so that it can be said in another language.
    """

    def __init__(self, clause: str, /, **values: str | float) -> None:
        super().__init__(clause.format_map(values) if values else clause)
        self.clause = clause
        self.values = values

    @property
    def sentence(self) -> str:
        """The message as a sentence of its own."""
        clause = str(self)
        return f"{clause[:1].upper()}{clause[1:]}."


class UnsupportedFormat(ImagingError):
    """The file is of a kind, or has samples of a kind, that is not read here."""


class DamagedImage(ImagingError):
    """The file is truncated or corrupt; no picture was made from the rest of it."""


class ImageTooLarge(ImagingError):
    """The image, page or document is over a limit; found on the header, before decoding."""


class EmptyCrop(ImagingError):
    """The crop leaves no pixel of the image, or has a negative side."""


class InvalidPlan(ImagingError):
    """A plan has a value out of its range, or a stored plan cannot be read."""


class ProtectedDocument(ImagingError):
    """The document needs a password."""


class MissingLibrary(ImagingError):
    """An optional library that the work needs is not installed."""


class UnusableProfile(ImagingError):
    """An ICC profile is damaged, or is not for the conversion that was asked for."""


class UnsupportedByEngine(ImagingError):
    """The PDF engine that was chosen cannot do what was asked."""


class UnsuitableImage(ImagingError):
    """The picture is whole, and of a kind or size that this is not made of."""


class UnusableModel(ImagingError):
    """A model of smart tags cannot be loaded, or is not one for pictures."""
