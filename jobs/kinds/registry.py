"""The kinds that there are, by the name under which a job's row knows them."""

from collections.abc import Mapping

from jobs.kinds import (
    automated_sets,
    export,
    optimize_images,
    process,
    publish,
    publish_metadata,
    reprocess,
    rip_pdfs,
    upload_directory,
    upload_post,
    upload_urls,
)
from jobs.kinds.port import JobKind

ONE_EACH = (
    automated_sets.KIND,
    export.KIND,
    optimize_images.KIND,
    process.KIND,
    publish_metadata.KIND,
    reprocess.KIND,
    rip_pdfs.KIND,
    upload_directory.KIND,
    upload_post.KIND,
    upload_urls.KIND,
)
KINDS: Mapping[str, JobKind] = {kind.name: kind for kind in (*publish.KINDS, *ONE_EACH)}
