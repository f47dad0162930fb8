"""The eight API versions, their namespaces, and which of them answers a request's namespace.

What each version contains is said by the contract (``wsdl.contract``) and seen through ``wsdl.view``.
"""

import re
from dataclasses import dataclass
from functools import total_ordering

WSDL_NAMESPACE = "http://www.scene7.com/IpsApi"
BASE_NAMESPACE = "http://www.scene7.com/IpsApi/xsd"

_DATED = re.compile(re.escape(BASE_NAMESPACE) + r"/([0-9]{4}-[0-9]{2}-[0-9]{2})(?:-beta)?")


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """One API version; versions compare by age, the one without a date being the oldest.

    ``derived`` tells that the vendor's WSDL of this version is not known, so that ours is worked out from the two that
    are and from the vendor's change log.
    """

    date: str | None
    namespace: str
    derived: bool

    def __lt__(self, other: "Version") -> bool:
        """Tell whether this version came before ``other``."""
        return (self.date or "") < (other.date or "")

    def __str__(self) -> str:
        """Return the date as written in namespaces and WSDL names, or ``undated``."""
        return self.date or "undated"


V_UNDATED = Version(None, BASE_NAMESPACE, derived=True)
V2008_01_15 = Version("2008-01-15", f"{BASE_NAMESPACE}/2008-01-15", derived=True)
V2008_09_10 = Version("2008-09-10", f"{BASE_NAMESPACE}/2008-09-10", derived=True)
V2009_07_31 = Version("2009-07-31", f"{BASE_NAMESPACE}/2009-07-31", derived=True)
V2010_01_31 = Version("2010-01-31", f"{BASE_NAMESPACE}/2010-01-31", derived=True)
V2012_02_14 = Version("2012-02-14", f"{BASE_NAMESPACE}/2012-02-14", derived=True)
V2013_02_15 = Version("2013-02-15", f"{BASE_NAMESPACE}/2013-02-15", derived=False)
V2014_04_03 = Version("2014-04-03", f"{BASE_NAMESPACE}/2014-04-03", derived=False)

BETAS = Version("2017-10-29", f"{BASE_NAMESPACE}/2017-10-29-beta", derived=True)
"""The first of the betas that AEM speaks: no version of ours, and in no WSDL; what is since then is only read."""

VERSIONS = (
    V_UNDATED,
    V2008_01_15,
    V2008_09_10,
    V2009_07_31,
    V2010_01_31,
    V2012_02_14,
    V2013_02_15,
    V2014_04_03,
)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """The versions, both ends included, in which an operation, a type or a field exists."""

    since: Version = V_UNDATED
    until: Version = V2014_04_03

    def covers(self, version: Version) -> bool:
        """Tell whether ``version`` lies within this lifetime."""
        return self.since <= version <= self.until

    def within(self, other: "Lifetime") -> "Lifetime":
        """Return the part of this lifetime that lies within ``other``."""
        return Lifetime(max(self.since, other.since), min(self.until, other.until))


def version_for(namespace: str) -> Version | None:
    """Return the version that answers requests in ``namespace``, or None when it is no types namespace of this API.

    A date that names no version, as the vendor's own newer clients and betas send it, is answered by the nearest older
    version; a date before all others by the undated one.
    """
    if namespace == BASE_NAMESPACE:
        return V_UNDATED
    match = _DATED.fullmatch(namespace)
    if match is None:
        return None
    return max(version for version in VERSIONS if (version.date or "") <= match[1])
