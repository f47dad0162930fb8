"""Frees the names of a parsed document with the document: lxml keeps them for as long as the thread lives.

Every new name of an element or attribute would stay, so that whoever makes names up could fill the server's memory.
"""

import ctypes

_KEY = "_ParserDictionaryContext"
"""Under which lxml 6 keeps the names in the thread's state; a document holds on to those that it needs."""

_thread_state = ctypes.pythonapi.PyThreadState_GetDict
_thread_state.restype = ctypes.c_void_p  # a borrowed reference, which py_object would give back


def forget_names() -> None:
    """Let go of the names that this thread has parsed so far; documents in use keep theirs."""
    ctypes.cast(_thread_state(), ctypes.py_object).value.pop(_KEY, None)
