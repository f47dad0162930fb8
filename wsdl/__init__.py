"""The contract of the API: what goes over the wire in each version, and the WSDL that says so.

It imports no other package of the project.
"""
