"""Why an image serving request is refused; writing the reply is left to `image_server`."""


class ImageRequestError(Exception):
    """A request that gets no picture: the HTTP status, a title for the public, a detail for the author of the URL."""

    def __init__(self, title: str, detail: str = "", status: int = 403) -> None:
        super().__init__(f"{title}: {detail}" if detail else title)
        self.title = title
        self.detail = detail
        self.status = status


def unsupported(what: str) -> ImageRequestError:
    """Return the refusal of something that the vendor's server knows and this one does not."""
    return ImageRequestError("unsupported", f"{what} is not supported by this server")
