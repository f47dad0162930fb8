"""Tests of the contract: that what we declare and render is the API, version by version.

``facts`` holds the contract of the two known versions as data: names, order, types and bounds, without any text.
"""
