"""The kinds that there are, by the name under which a job's row knows them."""

from collections.abc import Mapping

from jobs.kinds import publish, reprocess, upload_post, upload_urls
from jobs.kinds.port import JobKind

KINDS: Mapping[str, JobKind] = {
    kind.name: kind for kind in (*publish.KINDS, reprocess.KIND, upload_post.KIND, upload_urls.KIND)
}
