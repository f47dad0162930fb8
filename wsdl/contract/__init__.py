"""The contract: every message and operation of every version, each under its own name.

The modules declare; what one version sees of it is worked out by ``wsdl.view``.
"""

# ruff: noqa: F403 - this package is the union of its modules
from wsdl.contract.assets import *
from wsdl.contract.companies import *
from wsdl.contract.faults import *
from wsdl.contract.folders import *
from wsdl.contract.groups import *
from wsdl.contract.header import *
from wsdl.contract.image_maps import *
from wsdl.contract.job_logs import *
from wsdl.contract.jobs import *
from wsdl.contract.metadata import *
from wsdl.contract.permissions import *
from wsdl.contract.photoshop import *
from wsdl.contract.port_type import *
from wsdl.contract.presets import *
from wsdl.contract.processing import *
from wsdl.contract.projects import *
from wsdl.contract.property_sets import *
from wsdl.contract.publishing import *
from wsdl.contract.search import *
from wsdl.contract.sets import *
from wsdl.contract.system import *
from wsdl.contract.trash import *
from wsdl.contract.users import *
from wsdl.contract.xmp import *
